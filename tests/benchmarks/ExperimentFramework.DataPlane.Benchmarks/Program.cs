using System.Globalization;
using ExperimentFramework.DataPlane.Benchmarks;
using ExperimentFramework.DataPlane.Benchmarks.AheadOfTime;
using ExperimentFramework.DataPlane.Benchmarks.Assignment;
using ExperimentFramework.DataPlane.Benchmarks.Calls;
using ExperimentFramework.DataPlane.Benchmarks.CompileTime;
using ExperimentFramework.DataPlane.Benchmarks.Destinations;
using ExperimentFramework.DataPlane.Benchmarks.Events;
using ExperimentFramework.DataPlane.Benchmarks.Markdown;
using ExperimentFramework.DataPlane.Benchmarks.Scaling;
using ExperimentFramework.DataPlane.Benchmarks.Science;
using ExperimentFramework.DataPlane.Benchmarks.Throughput;

return args switch
{
    ["compile-time", .. var rest] => await CompileTimeBenchmark.RunAsync(Runs(rest)),
    ["generator", var runs, var row] => GeneratorBenchmark.Run(Runs([runs]), Runs([row])),
    ["generator", .. var rest] => await GeneratorBenchmark.RunAsync(Runs(rest)),
    ["assignment", .. var rest] => AssignmentBenchmark.Run(Runs(rest)),
    ["analyzers", .. var rest] => await AnalyzerBenchmark.RunAsync(Runs(rest)),
    ["calls", .. var rest] => await CallsAsync(rest.FirstOrDefault() ?? ""),
    ["guard"] => await CallGuard.CountCrossedAsync() + (await SingleThreadPool.HoldsAsync() ? 0 : 1),
    ["single-thread-pool"] => SingleThreadPool.Print(),
    ["row", var name, var bursts] => CallRow.Print(Row(name), int.Parse(bursts, CultureInfo.InvariantCulture)),
    ["report"] => await Report.WriteAsync(isQuick: false),
    ["report", "--quick"] => await Report.WriteAsync(isQuick: true),
    ["ahead-of-time", .. var rest] => await AheadOfTimeBenchmark.RunAsync(Runs(rest)),
    ["throughput"] => Print(ThroughputTable.Measure(5, 2_000_000)),
    ["threads"] => Print(ThreadsTable.Measure(TimeSpan.FromSeconds(2))),
    ["worker"] => Print(WorkerTable.Measure(7)),
    ["events"] => Print(EventBenchmark.Measure()),
    ["sqlite"] => Print(SqliteBenchmark.Measure(7)),
    ["postgresql", var connectionString, .. var rest] => await PostgreSqlBenchmark.RunAsync(connectionString, Runs(rest)),
    ["kafka", .. var rest] => await KafkaBenchmark.RunAsync(Runs(rest)),
    ["eventhubs", .. var rest] => await EventHubsBenchmark.RunAsync(Runs(rest)),
    ["otlp", .. var rest] => await OtlpBenchmark.RunAsync(Runs(rest)),
    ["otlp-sink"] => await OtlpSink.RunAsync(),
    ["files"] => Print(FileBenchmark.Measure(7)),
    ["parquet"] => Print(await ParquetBenchmark.MeasureAsync(rounds: 7)),
    ["parquet", "resident"] => await ParquetBenchmark.PrintResidentAsync(),
    ["science"] => Print(await ScienceBenchmark.MeasureAsync()),
    ["monitor"] => Print(MonitorBenchmark.Measure()),
    ["monitor", "traffic"] => Print(await MonitoredTraffic.MeasureAsync()),
    _ => Usage(),
};

static async Task<int> CallsAsync(string part)
{
    string[] names = [.. CallPaths.All.Keys.Where(name => $"{name}$".Contains(part, StringComparison.Ordinal))];
    return Print((await CallTable.MeasureAsync(names, bursts: 200, passes: 3)).Of(names));
}

// A row is a process of its own; this is what it runs.
static Func<CallPath> Row(string name) => CallPaths.All.GetValueOrDefault(name) ?? ScalingPaths.All[name];

static int Print(Table table)
{
    Console.WriteLine(table);
    return 0;
}

static int Runs(string[] rest) => rest is [var text, ..] && int.TryParse(text, out var runs) ? runs : 5;

static int Usage()
{
    Console.Error.WriteLine("""
        Usage:
          compile-time [runs]   what generator and proxies cost the compiler, compared with Mapperly and Mediator
          generator [runs]      what the generator costs in an editor, cold and after an edit elsewhere, compared with the same
          assignment [runs]     what a call costs under each assignment policy
          analyzers [runs]      what the analyzers cost, compared with the generator and the compiler itself
          calls [part of name]  what a call costs on each way to its variant; a $ stands for the end of a name
          throughput            two producers and one reader, compared with channels, rings and OpenTelemetry
          threads               calls a second from 1 to 16 threads
          worker                records a second that the worker delivers
          guard                 fails where calls have become slower or fatter than they may be, or destinations starve
          report [--quick]      all of these but the compiler's, written to docs/reference/benchmarks.md
          ahead-of-time [runs]  what the data plane adds to an empty host's start-up, memory and size
          events                what JSON costs an event, and what redaction does, side by side
          sqlite                what an event in SQLite costs, beside a bare loop of bindings
          postgresql <connection string> [runs]   what the PostgreSQL destination reaches of a plain COPY, written to docs/reference/benchmarks-postgresql.md
          kafka [runs]          what an event costs on its way to Kafka, beside a bare loop of the client, written to docs/reference/benchmarks-kafka.md
          eventhubs [runs]      what an event costs on its way to Event Hubs, beside a bare loop of the client, written to docs/reference/benchmarks-event-hubs.md
          otlp [runs]           what an event costs on its way to an OpenTelemetry collector, beside bare posts and the SDK's exporter, written to docs/reference/benchmarks-otlp.md
          files                 what an event costs on its way into a file, beside a bare loop
          parquet               what an event costs on its way into a Parquet file, compared with the bare columns and Parquet.Net
          parquet resident      the memory that the Parquet destination takes at most
          science               what statistical calculations cost
          monitor               what the experiment monitor costs an exposure
          monitor traffic       a process with the monitor under 200,000 exposures a second
        """);
    return 2;
}
