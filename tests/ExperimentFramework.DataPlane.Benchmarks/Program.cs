using System.Globalization;
using ExperimentFramework.DataPlane.Benchmarks.AheadOfTime;
using ExperimentFramework.DataPlane.Benchmarks.Assignment;
using ExperimentFramework.DataPlane.Benchmarks.Calls;
using ExperimentFramework.DataPlane.Benchmarks.CompileTime;
using ExperimentFramework.DataPlane.Benchmarks.Events;
using ExperimentFramework.DataPlane.Benchmarks.Reports;
using ExperimentFramework.DataPlane.Benchmarks.Throughput;

return args switch
{
    ["compile-time", .. var rest] => await CompileTimeBenchmark.RunAsync(Runs(rest)),
    ["generator", .. var rest] => GeneratorBenchmark.Run(Runs(rest)),
    ["assignment", .. var rest] => AssignmentBenchmark.Run(Runs(rest)),
    ["analyzers", .. var rest] => await AnalyzerBenchmark.RunAsync(Runs(rest)),
    ["ahead-of-time", .. var rest] => await AheadOfTimeBenchmark.RunAsync(Runs(rest)),
    ["calls", .. var rest] => await CallTable.RunAsync(Runs(rest), rest.ElementAtOrDefault(1) ?? ""),
    ["row", var name, var bursts] => CallRow.Print(name, int.Parse(bursts, CultureInfo.InvariantCulture)),
    ["throughput"] => Print(ThroughputTable.Measure(5, 2_000_000)),
    ["threads"] => Print(ThreadsTable.Measure(TimeSpan.FromSeconds(2))),
    ["worker"] => Print(WorkerTable.Measure(7)),
    ["events"] => EventBenchmark.Run(),
    _ => Usage(),
};

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
          compile-time [runs]   what generator and proxies cost the compiler, as whole compiler processes
          generator [runs]      what the generator costs in an editor: cold, and after an edit elsewhere
          assignment [runs]     what a call costs under each assignment policy
          analyzers [runs]      what the analyzers cost, beside the generator and the compiler itself
          ahead-of-time [runs]  what the data plane adds to an empty host's start-up, memory and size
          events                what JSON costs an event, and what redaction does, side by side
        """);
    return 2;
}
