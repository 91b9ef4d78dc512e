using System.Diagnostics;
using System.Globalization;
using ExperimentFramework.DataPlane.Benchmarks.Markdown;
using ExperimentFramework.DataPlane.PostgreSql;
using Npgsql;
using NpgsqlTypes;

namespace ExperimentFramework.DataPlane.Benchmarks.Destinations;

/// <summary>
/// What the PostgreSQL destination reaches of the rate of a plain binary COPY, by Npgsql's own importer, into a table of the same columns and partitions and
/// without a key. Each round measures all ways one after the other, so that they meet the same machine; the ratio is the median of the rounds'.
/// </summary>
internal static class PostgreSqlBenchmark
{
    private const string Path = "docs/reference/benchmarks-postgresql.md";
    private const string Schema = "dataplane_benchmark";
    private const string Keyless = Schema + ".keyless";

    private static readonly ExposureTable Table = new();

    /// <summary>Measures on a server and writes the page.</summary>
    /// <param name="connectionString">A database in which a schema may be created and dropped.</param>
    /// <param name="rounds">The number of rounds.</param>
    public static async Task<int> RunAsync(string connectionString, int rounds)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        var text = string.Create(CultureInfo.InvariantCulture, $"""
            # What PostgreSQL takes

            Written by `dotnet run -c Release --project tests/benchmarks/ExperimentFramework.DataPlane.Benchmarks -- postgresql "Host=...;Database=..."` on {Environment.ProcessorCount} processors that client
            and server share, .NET {Environment.Version}. The limit is a binary `COPY` by Npgsql's importer into the same columns and partitions without a key. Medians of {rounds} rounds, in each of which all ways are measured one after the other;
            ratios are those within a round, by wall clock.

            """) + "\n";
        foreach (var batchSize in new[] { 500, 5_000 })
        {
            var table = await MeasureAsync(source, batchSize, rounds);
            Console.WriteLine(table);
            text += string.Create(CultureInfo.InvariantCulture, $"## Batches of {batchSize:N0}\n\n{table}\n");
        }

        text += """
            *Again after a lost answer* is the whole way that a batch takes when some of its events are stored already: the `COPY` that fails, and the one through a temporary table.

            """;
        if (Directory.Exists("docs"))
        {
            await File.WriteAllTextAsync(Path, text);
        }

        return 0;
    }

    private static async Task<Table> MeasureAsync(NpgsqlDataSource source, int batchSize, int rounds)
    {
        await ExecuteAsync(source, $"DROP SCHEMA IF EXISTS {Schema} CASCADE");
        await PostgreSqlSchema.MigrateAsync(source, Schema);
        await using var backplane = new PostgreSqlDataBackplane(source, new PostgreSqlDataBackplaneOptions { Schema = Schema, PartitionsAhead = 1 });
        var now = DateTimeOffset.UtcNow;
        await ExecuteAsync(source, string.Create(CultureInfo.InvariantCulture, $"""
            CREATE TABLE {Keyless} (LIKE {Schema}.exposures) PARTITION BY RANGE (ts);
            CREATE TABLE {Keyless}_today PARTITION OF {Keyless} FOR VALUES FROM ('{now.Date:yyyy-MM-dd}+00') TO ('{now.Date.AddDays(2):yyyy-MM-dd}+00');
            """));
        using var copy = new EventCopy(source, Schema);
        (string Name, Func<DataPlaneEnvelope[], Task> Write)[] ways =
        [
            ("the limit: binary COPY, no key", batch => ImportAsync(source, batch)),
            ("the destination", async batch => Check(await backplane.PublishAsync(batch))),
            ("through a temporary table and ON CONFLICT", batch => copy.WriteAsync(batch, mayExist: true, CancellationToken.None)),
            ("again after a lost answer", async batch => Check(await backplane.PublishAsync(batch))),
        ];
        var samples = ways.Select(_ => new List<Sample>()).ToArray();
        var random = new Random(19);
        for (var round = -1; round < rounds; round++)
        {
            for (var way = 0; way < ways.Length; way++)
            {
                var batches = Enumerable.Range(0, 40_000 / batchSize).Select(_ => Events(batchSize, now, random)).ToArray();
                if (way == ways.Length - 1)
                {
                    // One event of each batch is stored already.
                    foreach (var batch in batches)
                    {
                        Check(await backplane.PublishAsync([batch[^1]]));
                    }
                }

                var sample = await TimeAsync(ways[way].Write, batches, batchSize);
                if (round >= 0)
                {
                    samples[way].Add(sample);
                }
            }

            await ExecuteAsync(source, $"TRUNCATE {Keyless}, {Schema}.exposures");
        }

        var table = new Table("way", "k events/s", "k events/s of client CPU", "bytes/event", "of the limit");
        for (var way = 0; way < ways.Length; way++)
        {
            table.Add(
                ways[way].Name,
                Median(samples[way].Select(sample => sample.Wall)),
                Median(samples[way].Select(sample => sample.Cpu)),
                Median(samples[way].Select(sample => sample.Bytes)),
                Median(samples[way].Zip(samples[0], (sample, limit) => sample.Wall / limit.Wall)));
        }

        await ExecuteAsync(source, $"DROP SCHEMA {Schema} CASCADE");
        return table;
    }

    private static async Task<Sample> TimeAsync(Func<DataPlaneEnvelope[], Task> write, DataPlaneEnvelope[][] batches, int batchSize)
    {
        GC.Collect();
        var bytes = GC.GetTotalAllocatedBytes(precise: true);
        var cpu = Environment.CpuUsage.TotalTime;
        var watch = Stopwatch.StartNew();
        foreach (var batch in batches)
        {
            await write(batch);
        }

        var events = (double)batches.Length * batchSize;
        return new Sample(
            events / watch.Elapsed.TotalMilliseconds,
            events / (Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds,
            (GC.GetTotalAllocatedBytes(precise: true) - bytes) / events);
    }

    private static async Task ImportAsync(NpgsqlDataSource source, DataPlaneEnvelope[] batch)
    {
        await using var connection = await source.OpenConnectionAsync();
        await using var importer = await connection.BeginBinaryImportAsync($"COPY {Keyless} ({Table.ColumnNames}) FROM STDIN (FORMAT BINARY)");
        foreach (var envelope in batch)
        {
            var exposure = (ExposureEvent)envelope.Payload;
            await importer.StartRowAsync();
            await importer.WriteAsync(envelope.EventId, NpgsqlDbType.Uuid);
            await importer.WriteAsync(envelope.Timestamp.UtcDateTime, NpgsqlDbType.TimestampTz);
            await TextAsync(importer, exposure.ExperimentName);
            await TextAsync(importer, envelope.SchemaVersion);
            await TextAsync(importer, envelope.CorrelationId);
            await TextAsync(importer, envelope.SpanId);
            await importer.WriteNullAsync();
            await TextAsync(importer, exposure.VariantKey);
            await TextAsync(importer, exposure.AssignedVariantKey);
            await TextAsync(importer, exposure.AssignedVariantKey ?? exposure.VariantKey);
            await TextAsync(importer, exposure.SubjectId);
            await TextAsync(importer, exposure.SubjectType);
            await TextAsync(importer, exposure.TenantId);
            await TextAsync(importer, exposure.SelectionReason);
            await TextAsync(importer, exposure.RulePath);
            await TextAsync(importer, "BestEffort");
            await TextAsync(importer, exposure.AllocationVersion);
            await importer.WriteAsync(exposure.IsRepeatExposure, NpgsqlDbType.Boolean);
            await importer.WriteAsync(exposure.SamplingRate, NpgsqlDbType.Double);
            await importer.WriteNullAsync();

            // Ready text, so that the limit pays for no JSON.
            await importer.WriteAsync("""{"country": "DE", "items": 3}""", NpgsqlDbType.Jsonb);
            await importer.WriteNullAsync();
        }

        await importer.CompleteAsync();
    }

    private static Task TextAsync(NpgsqlBinaryImporter importer, string? value) =>
        value is null ? importer.WriteNullAsync() : importer.WriteAsync(value, NpgsqlDbType.Text);

    private static DataPlaneEnvelope[] Events(int count, DateTimeOffset now, Random random) => [.. Enumerable.Range(0, count).Select(_ => new DataPlaneEnvelope
    {
        EventId = Guid.CreateVersion7(),
        Timestamp = now,
        EventType = DataPlaneEventType.Exposure,
        SchemaVersion = "1.0.0",
        CorrelationId = "0af7651916cd43dd8448eb211c80319c",
        SpanId = "b7ad6b7169203331",
        Payload = new ExposureEvent
        {
            ExperimentName = "checkout-pricing",
            Timestamp = now,
            VariantKey = random.Next(2) == 0 ? "control" : "dynamic",
            SubjectId = string.Create(CultureInfo.InvariantCulture, $"user-{random.Next(100_000)}"),
            SubjectType = "user",
            TenantId = "acme",
            SelectionReason = SelectionReasons.HashAssignment,
            AllocationVersion = "f38a37e3f6b95327",
            Attributes = new Dictionary<string, object?> { ["country"] = "DE", ["items"] = 3L },
        },
    })];

    private static void Check(BatchResult result)
    {
        if (result.Error is { } error)
        {
            throw error;
        }
    }

    private static async Task ExecuteAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private static double Median(IEnumerable<double> values) => values.Order().ToArray() is var sorted ? sorted[sorted.Length / 2] : 0;

    /// <summary>What one way reached in one round: thousands of events a second by wall clock and by the client's CPU time, and bytes allocated per event.</summary>
    private sealed record Sample(double Wall, double Cpu, double Bytes);
}
