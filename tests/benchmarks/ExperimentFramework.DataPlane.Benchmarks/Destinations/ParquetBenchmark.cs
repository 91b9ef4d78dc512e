using System.Diagnostics;
using ExperimentFramework.DataPlane.Benchmarks.Markdown;
using ExperimentFramework.DataPlane.Parquet;
using Parquet;
using Parquet.Serialization;

namespace ExperimentFramework.DataPlane.Benchmarks.Destinations;

/// <summary>What an exposure costs on its way into a Parquet file, in processor time of all threads, next to the least it can cost and to another library.</summary>
internal static class ParquetBenchmark
{
    private const int Rows = 131_072;
    private const int RowsPerGroup = 65_536;
    private const int BatchSize = 500;

    public static async Task<Table> MeasureAsync(int rounds)
    {
        var folder = Directory.CreateTempSubdirectory("dataplane-parquet-benchmark-").FullName;
        try
        {
            var envelopes = SampleExposures.Create(0, Rows);
            var loop = new ColumnLoop(RowsPerGroup);
            using var tables = new EventTables();
            var order = new RowOrder();

            // Large enough for one conversion in a round.
            await using var destination = new ParquetDataBackplane(Path.Combine(folder, "destination"), new ParquetDataBackplaneOptions { RollBytes = 60L << 20 });
            (string Name, Func<Task> Run)[] ways =
            [
                ("a loop for each column into ParquetSharp's physical columns", () => LoopAsync(loop, folder, envelopes)),
                ("conversion: columns, sorted, as a file", () => ConvertAsync(tables, order, folder, envelopes)),
                ("Parquet destination: journal, conversion from memory", () => PublishAsync(destination, Path.Combine(folder, "destination", "journal"), envelopes)),
                ("conversion of a journal of another process", () => RecoverAsync(Path.Combine(folder, "recovered"), envelopes)),
                ("Parquet.Net's ParquetSerializer", () => SerializeAsync(folder, envelopes)),
            ];
            var runs = ways.ToDictionary(way => way.Name, _ => new List<(double Seconds, double Bytes)>());
            for (var round = 0; round <= rounds; round++)
            {
                foreach (var (name, run) in ways)
                {
                    var measured = await MeasureAsync(run).ConfigureAwait(false);

                    // The first round compiles and rents.
                    if (round > 0)
                    {
                        runs[name].Add(measured);
                    }
                }
            }

            var table = new Table("131,072 exposures, two attributes", "thousand events/s of processor time", "of the loop", "bytes for an event");
            var limit = runs[ways[0].Name].Min(run => run.Seconds);
            foreach (var (name, measured) in runs)
            {
                // The fastest of the rounds: what else runs on the machine only ever adds.
                var fastest = measured.Min(run => run.Seconds);
                table.Add(name, Rows / fastest / 1_000, limit / fastest, measured.Min(run => run.Bytes));
            }

            return table;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Publishes a million exposures as they are made, and says how much memory the process took at most.</summary>
    public static async Task<int> PrintResidentAsync()
    {
        var folder = Directory.CreateTempSubdirectory("dataplane-parquet-benchmark-").FullName;
        try
        {
            var (before, events) = (Peak(), 0);
            await using (var destination = new ParquetDataBackplane(folder))
            {
                for (; events < 1_000_000; events += BatchSize)
                {
                    await destination.PublishAsync(SampleExposures.Create(events, BatchSize)).ConfigureAwait(false);
                }
            }

            Console.WriteLine($"{Peak() >> 20} MB resident at most, {before >> 20} MB of them before the first event; {Directory.GetFiles(folder, "*.parquet", SearchOption.AllDirectories).Length} files.");
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static long Peak()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }

    private static async Task<(double Seconds, double Bytes)> MeasureAsync(Func<Task> run)
    {
        GC.Collect();
        using var process = Process.GetCurrentProcess();
        var (time, bytes) = (process.TotalProcessorTime, GC.GetTotalAllocatedBytes(precise: true));
        await run().ConfigureAwait(false);
        process.Refresh();
        return ((process.TotalProcessorTime - time).TotalSeconds, (GC.GetTotalAllocatedBytes(precise: true) - bytes) / (double)Rows);
    }

    private static Task LoopAsync(ColumnLoop loop, string folder, DataPlaneEnvelope[] envelopes)
    {
        using var file = File.Create(Path.Combine(folder, "loop.parquet"));
        loop.Write(file, envelopes);
        return Task.CompletedTask;
    }

    private static Task ConvertAsync(EventTables tables, RowOrder order, string folder, DataPlaneEnvelope[] envelopes)
    {
        foreach (var envelope in envelopes)
        {
            tables.Of(envelope.Payload).Add(envelope);
        }

        var table = tables.Of(envelopes[0].Payload);
        using var file = File.Create(Path.Combine(folder, "conversion.parquet"));
        TableFile.Write(file, table, order.Sort(table, 0, table.Rows), RowsPerGroup);
        table.Clear();
        return Task.CompletedTask;
    }

    private static async Task PublishAsync(ParquetDataBackplane destination, string journal, DataPlaneEnvelope[] envelopes)
    {
        for (var first = 0; first < envelopes.Length; first += BatchSize)
        {
            await destination.PublishAsync(new ArraySegment<DataPlaneEnvelope>(envelopes, first, Math.Min(BatchSize, envelopes.Length - first))).ConfigureAwait(false);
        }

        while (Directory.EnumerateFiles(journal, "*.jsonl").Any())
        {
            await Task.Delay(1).ConfigureAwait(false);
        }
    }

    private static async Task RecoverAsync(string folder, DataPlaneEnvelope[] envelopes)
    {
        var journal = Path.Combine(Directory.CreateDirectory(folder).FullName, "20260301T120000.0000000Z-0123456789abcdef0123456789abcdef.jsonl");
        if (!File.Exists(journal))
        {
            await File.WriteAllLinesAsync(journal, envelopes.Select(DataPlaneJson.Serialize)).ConfigureAwait(false);
        }

        using var none = new RecentRows(new Dictionary<string, ParquetAttributeType>());
        await new ParquetConverter(folder, new ParquetDataBackplaneOptions(), none, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance).ConvertAsync(journal, CancellationToken.None).ConfigureAwait(false);
    }

    private static async Task SerializeAsync(string folder, DataPlaneEnvelope[] envelopes)
    {
        using var file = File.Create(Path.Combine(folder, "serializer.parquet"));
        await ParquetSerializer.SerializeAsync(envelopes.Select(ExposureRow.Of).ToList(), file, new ParquetOptions { RowGroupSize = RowsPerGroup, CompressionMethod = CompressionMethod.Zstd }).ConfigureAwait(false);
    }
}
