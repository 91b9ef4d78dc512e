using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace ExperimentFramework.DataPlane.Kafka.Tests;

/// <summary>A message as an independent reader found it.</summary>
internal sealed record StoredMessage(int Partition, long Offset, string Key, IReadOnlyDictionary<string, string> Headers, string Value)
{
    public DataPlaneEnvelope Envelope => DataPlaneJson.Deserialize(Value);
}

/// <summary>The program kcat, which reads topics with a client of its own.</summary>
internal static class Kcat
{
    /// <summary>Between the fields of a message; no field has it.</summary>
    private const char Separator = '\u0001';

    private const char End = '\u0002';

    public static bool IsInstalled { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "kcat")));

    /// <summary>Reads all messages of a topic, in the order of partitions and offsets.</summary>
    public static async Task<IReadOnlyList<StoredMessage>> ReadAsync(string addresses, string topic)
    {
        var messages = new List<StoredMessage>();
        await foreach (var record in RunAsync(addresses, topic, "%p\\x01%o\\x01%K\\x01%k\\x01%h\\x01%s\\x02"))
        {
            var fields = record.Split(Separator, 6);
            messages.Add(new StoredMessage(
                int.Parse(fields[0], CultureInfo.InvariantCulture), long.Parse(fields[1], CultureInfo.InvariantCulture), fields[3], Headers(fields[4]), fields[5]));
        }

        return [.. messages.OrderBy(message => message.Partition).ThenBy(message => message.Offset)];
    }

    /// <summary>Reads the values of all messages of a topic, whatever their keys are.</summary>
    public static async Task<IReadOnlyList<string>> ReadValuesAsync(string addresses, string topic) => await RunAsync(addresses, topic, "%s\\x02").ToListAsync();

    private static Dictionary<string, string> Headers(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries)
        .Select(header => header.Split('=', 2)).ToDictionary(header => header[0], header => header[1]);

    private static async IAsyncEnumerable<string> RunAsync(string addresses, string topic, string format)
    {
        using var process = Process.Start(new ProcessStartInfo("kcat", ["-b", addresses, "-C", "-t", topic, "-o", "beginning", "-e", "-q", "-f", format])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        await using var kill = TestContext.Current.CancellationToken.Register(process.Kill);
        var errors = process.StandardError.ReadToEndAsync();

        // All messages together may be longer than a string can be.
        var buffer = new char[64 * 1024];
        var record = new StringBuilder();
        int length;
        while ((length = await process.StandardOutput.ReadAsync(buffer)) > 0)
        {
            var parts = new string(buffer, 0, length).Split(End);
            foreach (var part in parts[..^1])
            {
                yield return record.Append(part).ToString();
                record.Clear();
            }

            record.Append(parts[^1]);
        }

        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await errors);
    }
}
