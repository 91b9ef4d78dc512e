using System.Text.Json;

namespace ExperimentFramework.DataPlane;

/// <summary>Splits accounts that are too large for one event into parts with the same sequence number. Each row is in exactly one part, so the parts add up.</summary>
internal static class AccountParts
{
    /// <summary>The most bytes of JSON that the rows of one part have: what is left of a message of 1 MB, the limit of Kafka and Event Hubs, for the rows.</summary>
    public const int MaxRowBytes = 900_000;

    /// <summary>Returns the parts of an account: itself if it is small enough.</summary>
    /// <param name="account">The account.</param>
    /// <param name="maxRowBytes">The most bytes of JSON that the rows of one part have. A part has at least one row.</param>
    public static IReadOnlyList<AccountingEvent> Split(AccountingEvent account, int maxRowBytes = MaxRowBytes)
    {
        using var json = new Utf8JsonWriter(Stream.Null, DataPlaneJsonWriter.Options);
        var parts = new List<Part> { new() };
        Distribute(parts, account.Calls, part => part.Calls, row => Size(json, row, AccountRowJson.Write), maxRowBytes);
        Distribute(parts, account.Published, part => part.Published, row => Size(json, row, AccountRowJson.Write), maxRowBytes);
        Distribute(parts, account.Drops, part => part.Drops, row => Size(json, row, AccountRowJson.Write), maxRowBytes);
        return parts.Count == 1
            ? [account]
            : [.. parts.Select((part, index) => account with { PartNumber = index + 1, PartCount = parts.Count, Calls = part.Calls, Published = part.Published, Drops = part.Drops })];
    }

    private static void Distribute<TRow>(List<Part> parts, IReadOnlyList<TRow> rows, Func<Part, List<TRow>> rowsOf, Func<TRow, long> sizeOf, int maxRowBytes)
    {
        foreach (var row in rows)
        {
            var size = sizeOf(row);
            if (parts[^1].Size > 0 && parts[^1].Size + size > maxRowBytes)
            {
                parts.Add(new Part());
            }

            rowsOf(parts[^1]).Add(row);
            parts[^1].Size += size;
        }
    }

    /// <summary>Returns the bytes of a row in an array, with the comma that follows it.</summary>
    private static long Size<TRow>(Utf8JsonWriter json, TRow row, Action<Utf8JsonWriter, TRow> write)
    {
        json.WriteStartObject();
        write(json, row);
        json.WriteEndObject();
        var size = json.BytesPending + 1;
        json.Reset();
        return size;
    }

    private sealed class Part
    {
        public List<AccountedCalls> Calls { get; } = [];

        public List<AccountedEvents> Published { get; } = [];

        public List<AccountedDrops> Drops { get; } = [];

        public long Size { get; set; }
    }
}
