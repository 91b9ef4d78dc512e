using System.Globalization;
using System.Text;
using ExperimentFramework.DataPlane.Benchmarks.Calls;
using ExperimentFramework.DataPlane.Benchmarks.Destinations;
using ExperimentFramework.DataPlane.Benchmarks.Events;
using ExperimentFramework.DataPlane.Benchmarks.Markdown;
using ExperimentFramework.DataPlane.Benchmarks.Scaling;
using ExperimentFramework.DataPlane.Benchmarks.Throughput;

namespace ExperimentFramework.DataPlane.Benchmarks;

/// <summary>Runs every table in one go and writes <c>docs/reference/benchmarks.md</c>.</summary>
internal static class Report
{
    private const string Path = "docs/reference/benchmarks.md";

    /// <summary>The time of the reference framework's run-time decorator pipeline over the hand-written decorator's.</summary>
    private const double ReferenceRatio = 3.7;

    public static async Task<int> WriteAsync(bool isQuick)
    {
        if (!Directory.Exists("docs"))
        {
            await Console.Error.WriteLineAsync($"There is no folder docs here: run the report where the repository begins, so that it finds {Path}.").ConfigureAwait(false);
            return 2;
        }

        var started = DateTime.UtcNow;
        var bursts = isQuick ? 50 : 200;
        var passes = isQuick ? 1 : 5;
        var calls = await CallTable.MeasureAsync(CallPaths.All.Keys.Concat(ScalingPaths.Names(isQuick)), bursts, passes).ConfigureAwait(false);
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"""
            # What a call and an event cost

            Written by `dotnet run -c Release --project tests/benchmarks/ExperimentFramework.DataPlane.Benchmarks -- report{(isQuick ? " --quick" : "")}`, in one run
            that began on {started:yyyy-MM-dd}, on {Environment.ProcessorCount} processors, .NET {Environment.Version}. Ratios carry over to other machines, absolute times do not.

            ## Calls

            Each row is measured by BenchmarkDotNet in {(passes == 1 ? "a process of its own" : $"{passes} processes of its own, of which the quickest counts: other work on the machine can only add to it")}.
            It is the median of {bursts} bursts of {CallPath.BurstSize:N0} calls each; what a burst leaves behind is drained before the next.
            2,000 subjects in turn unless a row says otherwise. Bytes are those of the caller's thread.

            """);
        Add("Calls that are not recorded", calls.Of(CallPaths.Unrecorded.Keys));
        Add("Exposures that are queued", calls.Of(CallPaths.Queued.Keys));
        Add("What others cost", calls.Of(CallPaths.Peers.Keys));
        text.AppendLine(CultureInfo.InvariantCulture, $"""
            The run-time decorator pipeline of the framework this one grew out of takes {ReferenceRatio} times the hand-written decorator's time for a call
            (measured together with it on another machine of two processors): about {ReferenceRatio * calls[CallPaths.HandWritten].Median:N0} ns here.

            """);
        Add("Many experiments, many subjects", ScalingTable.Of(calls, isQuick));
        text.AppendLine("""
            A subject that is not among the last ones remembered (`RepeatCapacity`, 100,000 unless set) is claimed anew, which takes a lock; what is remembered
            stays bounded however many there are.

            """);
        Add("Many threads", ThreadsTable.Measure(TimeSpan.FromSeconds(isQuick ? 1 : 3)));
        text.AppendLine("""
            `Drop` mode with the default queue of 10,000: callers are faster than the worker, so most of these calls count an exposure as dropped, which is
            what costs most of them.

            """);
        Add("The queue", ThroughputTable.Measure(isQuick ? 3 : 7, isQuick ? 1_000_000 : 2_000_000));
        Add("The worker", WorkerTable.Measure(isQuick ? 3 : 7));
        Add("JSON and redaction", EventBenchmark.Measure());
        Add("Files", FileBenchmark.Measure(isQuick ? 3 : 7));
        Add("SQLite", SqliteBenchmark.Measure(isQuick ? 3 : 7));
        Add("Parquet", await ParquetBenchmark.MeasureAsync(isQuick ? 3 : 7).ConfigureAwait(false));
        text.AppendLine("""
            ### Destinations that need a server

            `dotnet run -c Release --project tests/benchmarks/ExperimentFramework.DataPlane.Benchmarks -- postgresql "Host=...;Database=..."` compares the PostgreSQL destination with a plain `COPY`:
            [what PostgreSQL takes](benchmarks-postgresql.md). The commands `kafka`, `eventhubs` and `otlp` start servers of their own: what an event to
            [Kafka](benchmarks-kafka.md), [Azure Event Hubs](benchmarks-event-hubs.md) and [OpenTelemetry](benchmarks-otlp.md) costs.
            """);
        await File.WriteAllTextAsync(Path, text.ToString().TrimEnd() + Environment.NewLine).ConfigureAwait(false);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Path} was written after {(DateTime.UtcNow - started).TotalSeconds:F0} s."));
        return 0;

        void Add(string title, Table table)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"### {title}").AppendLine().Append(table).AppendLine();
            Console.WriteLine(table);
        }
    }
}
