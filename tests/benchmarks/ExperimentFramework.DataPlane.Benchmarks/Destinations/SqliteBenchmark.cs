using System.Diagnostics;
using System.Globalization;
using ExperimentFramework.DataPlane.Benchmarks.Markdown;
using ExperimentFramework.DataPlane.Sqlite;

namespace ExperimentFramework.DataPlane.Benchmarks.Destinations;

/// <summary>What storing an event in SQLite costs, beside a loop that binds and inserts the same rows by SQLite's native interface and does nothing else.</summary>
internal static class SqliteBenchmark
{
    private const int BatchSize = 500;
    private const int Batches = 200;

    /// <param name="rounds">How often each way is measured, in turn; the quickest round counts, because other work on the machine can only add to it.</param>
    public static Table Measure(int rounds)
    {
        var table = new Table("exposures with two attributes, batches of 500", "thousand events per second of processor time", "of the bare loop", "bytes allocated for an event", "bytes in the file");
        var folder = Directory.CreateTempSubdirectory("dataplane-benchmark-");
        try
        {
            Measured? bare = null;
            Measured? destination = null;
            for (var round = 0; round < rounds; round++)
            {
                var file = Path.Combine(folder.FullName, string.Create(CultureInfo.InvariantCulture, $"bare-{round}.db"));
                new SqliteDataBackplane(file).Dispose();
                using (var loop = new BareSqliteLoop(file))
                {
                    bare = Best(bare, Run(loop.Insert, file));
                }

                file = Path.Combine(folder.FullName, string.Create(CultureInfo.InvariantCulture, $"destination-{round}.db"));
                using (var backplane = new SqliteDataBackplane(file))
                {
                    destination = Best(destination, Run(batch => backplane.PublishAsync(batch).AsTask().GetAwaiter().GetResult(), file));
                }
            }

            table.Add("bare loop of bindings", bare!.Rate / 1_000, 1.0, bare.Bytes, bare.FileBytes);
            table.Add("`AddSqliteDataBackplane`", destination!.Rate / 1_000, destination.Rate / bare.Rate, destination.Bytes, destination.FileBytes);
            return table;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Measured Best(Measured? before, Measured now) => before is null || now.Rate > before.Rate ? now : before;

    private static Measured Run(Action<IReadOnlyList<DataPlaneEnvelope>> insert, string file)
    {
        var batches = Enumerable.Range(0, Batches).Select(batch => Exposures(batch * BatchSize)).ToArray();
        insert(batches[0]);
        var bytes = GC.GetTotalAllocatedBytes(precise: true);
        using var process = Process.GetCurrentProcess();
        var before = process.TotalProcessorTime;
        for (var batch = 1; batch < Batches; batch++)
        {
            insert(batches[batch]);
        }

        process.Refresh();
        var events = (Batches - 1) * BatchSize;
        var seconds = (process.TotalProcessorTime - before).TotalSeconds;
        bytes = GC.GetTotalAllocatedBytes(precise: true) - bytes;
        return new Measured(events / seconds, bytes / (double)events, new FileInfo(file).Length / (double)events);
    }

    private static DataPlaneEnvelope[] Exposures(int first) => [.. Enumerable.Range(first, BatchSize).Select(i =>
    {
        var time = DateTimeOffset.UnixEpoch.AddDays(20_000).AddTicks(i * 1_234L);
        return new DataPlaneEnvelope
        {
            EventId = Guid.CreateVersion7(time),
            Timestamp = time,
            EventType = DataPlaneEventType.Exposure,
            SchemaVersion = "1.0.0",
            CorrelationId = "0af7651916cd43dd8448eb211c80319c",
            SpanId = "b7ad6b7169203331",
            Payload = new ExposureEvent
            {
                ExperimentName = "checkout-pricing",
                VariantKey = i % 2 == 0 ? "control" : "dynamic",
                SubjectId = string.Create(CultureInfo.InvariantCulture, $"user-{i % 20_000}"),
                SubjectType = "user",
                TenantId = "acme",
                Timestamp = time,
                SelectionReason = SelectionReasons.HashAssignment,
                AllocationVersion = "2026-03-01",
                VariantBuild = Guid.Empty,
                Attributes = new Dictionary<string, object?> { ["country"] = "DE", ["items"] = 3L },
            },
        };
    })];

    private sealed record Measured(double Rate, double Bytes, double FileBytes);
}
