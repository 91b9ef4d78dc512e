using System.Text.Json;

namespace ExperimentFramework.DataPlane.Tests.Accounting;

/// <summary>
/// Does the sums of a stream as an analyst would: from JSON alone, with nothing of the library. Each line is one envelope.
/// </summary>
internal sealed class EventStreamSums
{
    private readonly Dictionary<string, string> _rows = [];
    private readonly Dictionary<string, SortedDictionary<long, Dictionary<long, JsonElement>>> _accounts = [];

    public EventStreamSums(IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            using var json = JsonDocument.Parse(line);
            var (id, type) = (Text(json.RootElement, "eventId"), Text(json.RootElement, "eventType"));
            var payload = json.RootElement.GetProperty("payload").Clone();
            if (type == "Accounting")
            {
                var accounts = Accounts(Text(payload, "producerId"));
                var number = payload.GetProperty("sequenceNumber").GetInt64();
                (accounts.TryGetValue(number, out var parts) ? parts : accounts[number] = [])[payload.GetProperty("partNumber").GetInt64()] = payload;
            }
            else
            {
                _rows[id] = Category(type, Text(payload, "experimentName"), VariantOf(type, payload));
            }
        }
    }

    /// <summary>The producers of all events and accounts.</summary>
    public IReadOnlySet<string> Producers => _rows.Keys.Select(ProducerOf).Concat(_accounts.Keys).ToHashSet();

    /// <summary>The producers whose last account arrived.</summary>
    public IReadOnlySet<string> Complete => _accounts.Keys.Where(producer => Latest(producer).Any(part => part.GetProperty("isLast").GetBoolean())).ToHashSet();

    /// <summary>The different events that arrived, by type, experiment and assigned variant.</summary>
    public SortedDictionary<string, long> Arrived(string producer) =>
        new(_rows.Where(row => ProducerOf(row.Key) == producer).GroupBy(row => row.Value).ToDictionary(rows => rows.Key, rows => rows.LongCount()), StringComparer.Ordinal);

    /// <summary>The events that must have arrived by the latest account: published, less those dropped by the producer and by those that took its events over.</summary>
    public SortedDictionary<string, long> Expected(string producer)
    {
        var sums = new SortedDictionary<string, long>(StringComparer.Ordinal);
        Add(sums, Latest(producer), "published", 1, _ => true);
        Add(sums, Latest(producer), "drops", -1, drop => !drop.TryGetProperty("originalProducerId", out _));
        foreach (var other in _accounts.Keys)
        {
            Add(sums, Latest(other), "drops", -1, drop => drop.TryGetProperty("originalProducerId", out var original) && original.GetString() == producer);
        }

        return new(sums.Where(sum => sum.Value != 0).ToDictionary(sum => sum.Key, sum => sum.Value), StringComparer.Ordinal);
    }

    /// <summary>The calls that exposed a subject by the latest account, whatever became of their exposures.</summary>
    public long ExposingCalls(string producer) => 
        Latest(producer).SelectMany(part => part.GetProperty("calls").EnumerateArray()).Sum(row => row.GetProperty("exposingCalls").GetInt64());

    /// <summary>The parts of the latest account of which all parts arrived; none if there is no such account.</summary>
    public IReadOnlyList<JsonElement> Latest(string producer) => _accounts.TryGetValue(producer, out var accounts)
        && accounts.Values.LastOrDefault(parts => parts.Count == parts.Values.First().GetProperty("partCount").GetInt64()) is { } whole
        ? [.. whole.Values]
        : [];

    /// <summary>The numbers of the accounts that arrived.</summary>
    public IEnumerable<long> Numbers(string producer) => Accounts(producer).Keys;

    /// <summary>The last 11 digits of an event's id.</summary>
    private static string ProducerOf(string eventId) => eventId[^11..];

    private static void Add(SortedDictionary<string, long> sums, IEnumerable<JsonElement> parts, string rows, int sign, Func<JsonElement, bool> counts)
    {
        foreach (var row in parts.SelectMany(part => part.GetProperty(rows).EnumerateArray()).Where(counts))
        {
            var category = Category(Text(row, "eventType"), Text(row, "experimentName"), Optional(row, "variantKey"));
            sums[category] = sums.GetValueOrDefault(category) + (sign * row.GetProperty("count").GetInt64());
        }
    }

    private static string Category(string type, string experiment, string? variant) => $"{type} {experiment}/{variant}";

    private static string? VariantOf(string type, JsonElement payload) => type switch
    {
        "Exposure" or "Outcome" => Optional(payload, "assignedVariantKey") ?? Text(payload, "variantKey"),
        "Assignment" => Text(payload, "newVariantKey"),
        _ => null,
    };

    private static string? Optional(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private SortedDictionary<long, Dictionary<long, JsonElement>> Accounts(string producer) =>
        _accounts.TryGetValue(producer, out var accounts) ? accounts : _accounts[producer] = [];
}
