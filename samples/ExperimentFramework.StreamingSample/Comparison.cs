using System.Globalization;
using ExperimentFramework.DataPlane;
using ExperimentFramework.DataPlane.Kafka;

namespace ExperimentFramework.StreamingSample;

/// <summary>Compares the subjects that the destinations have with those that were served.</summary>
internal sealed class Comparison(SubjectCounts served, string brokers, string topic, string files, Collector collector)
{
    public const string Otlp = "OTLP";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Waits until the destinations agree, for a limited time.</summary>
    public async Task WaitAsync(string? except = null)
    {
        using var end = new CancellationTokenSource(Patience);
        while (!end.IsCancellationRequested && !(await ReadAsync()).All(found => found.Name == except || found.Subjects.HasSameAs(served)))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200));
        }
    }

    /// <summary>Prints the subjects of each variant.</summary>
    /// <returns>Whether the destinations have what was served.</returns>
    public async Task<bool> PrintAsync(string? except = null)
    {
        var found = await ReadAsync();
        Console.WriteLine($"  {"variant",-10}{"served",10}{string.Concat(found.Select(destination => $"{destination.Name,10}"))}");
        foreach (var (variant, count) in served.ByVariant.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {variant,-10}{count,10}{string.Concat(found.Select(destination => $"{destination.Subjects.ByVariant.GetValueOrDefault(variant),10}"))}"));
        }

        Console.WriteLine();
        return found.All(destination => destination.Name == except || destination.Subjects.HasSameAs(served));
    }

    /// <summary>Reads the subjects back from each destination.</summary>
    private async Task<(string Name, SubjectCounts Subjects)[]> ReadAsync()
    {
        var ofKafka = new SubjectCounts();
        await foreach (var stored in KafkaEvents.ReadAsync(brokers, topic))
        {
            ofKafka.Add(stored.Envelope);
        }

        var ofFiles = new SubjectCounts();
        await foreach (var stored in EventFiles.ReadAsync(files))
        {
            ofFiles.Add(stored.Envelope);
        }

        return [("Kafka", ofKafka), ("files", ofFiles), (Otlp, collector.Received)];
    }
}
