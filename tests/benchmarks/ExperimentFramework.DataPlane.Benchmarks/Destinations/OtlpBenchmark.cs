using System.Globalization;
using System.Net.Http.Headers;
using ExperimentFramework.DataPlane.Benchmarks.Markdown;
using ExperimentFramework.DataPlane.OpenTelemetry;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;

namespace ExperimentFramework.DataPlane.Benchmarks.Destinations;

/// <summary>
/// What an exposure costs on its way to a collector in another process: through the OTLP destination, beside a loop that writes and posts the same records by hand, and through ILogger and the batch
/// exporter of the OpenTelemetry SDK with a queue that loses nothing, beside a loop that makes the same Log calls by hand. Each round measures all ways one after the other; ratios are those within a round.
/// </summary>
internal static class OtlpBenchmark
{
    private const string Path = "docs/reference/benchmarks-otlp.md";
    private const int BatchSize = 500;
    private const int Batches = 200;

    /// <summary>Measures and writes the page.</summary>
    /// <param name="rounds">The number of rounds.</param>
    public static async Task<int> RunAsync(int rounds)
    {
        var table = await MeasureAsync(rounds);
        Console.WriteLine(table);
        if (Directory.Exists("docs"))
        {
            await File.WriteAllTextAsync(Path, string.Create(CultureInfo.InvariantCulture, $"""
                # What an event to OpenTelemetry costs

                Written by `dotnet run -c Release --project tests/benchmarks/ExperimentFramework.DataPlane.Benchmarks -- otlp` on {Environment.ProcessorCount} processors that client
                and collector share, .NET {Environment.Version}. The collector is another process that counts records. Batches of {BatchSize} exposures with two attributes of their own. The exporter of the OpenTelemetry SDK has a queue
                that holds all events of a round, so that it loses none; with its default of 2,048 it does. Medians of {rounds} rounds of {Batches * BatchSize:N0} events, in each of which all ways are measured one after the other; ratios are those within a round.

                {table}
                *Records written by hand* have the same attributes, without checks, times of their own and partial answers; the *`Log` calls by hand* make an array of the same attributes for each call.

                """));
        }

        return 0;
    }

    private static async Task<Table> MeasureAsync(int rounds)
    {
        using var sink = OtlpSink.Start();
        var batches = Enumerable.Range(0, Batches).Select(batch => SampleExposures.Create(batch * BatchSize, BatchSize)).ToArray();
        (string Name, Func<Task> Run)[] ways =
        [
            ("ready bodies of 500 records, posted", () => PostAsync(sink, batches)),
            ("records written by hand, posted", () => BareOtlpLoop.PostAsync(sink.Address, batches)),
            ("`AddOtlpDataBackplane`", () => PublishAsync(sink, batches)),
            ("`Log` calls by hand, SDK batch exporter", () => LogAsync(sink, batches, isBare: true)),
            ("`AddOpenTelemetryDataBackplane`, the same exporter", () => LogAsync(sink, batches, isBare: false)),
        ];
        var samples = ways.Select(_ => new List<(double Rate, double Bytes)>()).ToArray();
        for (var round = -1; round < rounds; round++)
        {
            for (var way = 0; way < ways.Length; way++)
            {
                var sample = await TimeAsync(sink, ways[way].Run);
                if (round >= 0)
                {
                    samples[way].Add(sample);
                }
            }
        }

        var table = new Table("way", "thousand events per second of processor time", "of the records by hand", "of the `Log` calls by hand", "bytes allocated for an event");
        for (var way = 0; way < ways.Length; way++)
        {
            table.Add(
                ways[way].Name,
                Median(samples[way].Select(sample => sample.Rate)),
                Median(samples[way].Zip(samples[1], (sample, limit) => sample.Rate / limit.Rate)),
                Median(samples[way].Zip(samples[3], (sample, limit) => sample.Rate / limit.Rate)),
                Median(samples[way].Select(sample => sample.Bytes)));
        }

        return table;
    }

    private static async Task<(double Rate, double Bytes)> TimeAsync(OtlpSink sink, Func<Task> run)
    {
        var before = await sink.CountAsync();
        GC.Collect();
        var bytes = GC.GetTotalAllocatedBytes(precise: true);
        var cpu = Environment.CpuUsage.TotalTime;
        await run();
        const double Events = Batches * BatchSize;
        var sample = (Events / (Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds, (GC.GetTotalAllocatedBytes(precise: true) - bytes) / Events);
        var arrived = await sink.CountAsync() - before;
        return arrived == (long)Events ? sample : throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{arrived} of {Events} events arrived."));
    }

    private static async Task PostAsync(OtlpSink sink, DataPlaneEnvelope[][] batches)
    {
        using var http = new HttpClient();
        using var request = new OtlpRequest(new EventAttributes(null), OtlpRequest.ResourceOf([]));
        request.Write(batches[0], 0, BatchSize, DateTimeOffset.UnixEpoch, (_, error) => throw error);
        for (var batch = 0; batch < Batches; batch++)
        {
            using var content = new ReadOnlyMemoryContent(request.Written);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
            using var response = await http.PostAsync(new Uri(sink.Address, "/v1/logs"), content);
            response.EnsureSuccessStatusCode();
        }
    }

    private static async Task PublishAsync(OtlpSink sink, DataPlaneEnvelope[][] batches)
    {
        using var backplane = new OtlpDataBackplane(new OtlpDataBackplaneOptions { Endpoint = new Uri(sink.Address, "/v1/logs"), Timeout = TimeSpan.FromMinutes(5) });
        foreach (var batch in batches)
        {
            if ((await backplane.PublishAsync(batch)).Error is { } error)
            {
                throw error;
            }
        }
    }

    private static async Task LogAsync(OtlpSink sink, DataPlaneEnvelope[][] batches, bool isBare)
    {
        using var loggers = LoggerFactory.Create(logging => logging.AddOpenTelemetry(options => options.AddOtlpExporter((exporter, processor) =>
        {
            exporter.Protocol = OtlpExportProtocol.HttpProtobuf;
            exporter.Endpoint = new Uri(sink.Address, "/v1/logs");
            exporter.TimeoutMilliseconds = 300_000;
            processor.BatchExportProcessorOptions = new BatchExportLogRecordProcessorOptions { MaxQueueSize = 2 * Batches * BatchSize, MaxExportBatchSize = BatchSize };
        })));
        if (isBare)
        {
            BareLogLoop.Log(loggers.CreateLogger("bare"), batches);
        }
        else
        {
            using var backplane = new OpenTelemetryDataBackplane(loggers);
            foreach (var envelope in batches.SelectMany(batch => batch))
            {
                await backplane.PublishAsync(envelope);
            }
        }
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
