using System.Globalization;
using BenchmarkDotNet.Running;

namespace ExperimentFramework.DataPlane.Benchmarks.Calls;

/// <summary>Runs the table of calls.</summary>
internal static class CallTable
{
    public static int Run(int iterations, string only = "")
    {
        CallBenchmark.Only = only;
        var summary = BenchmarkRunner.Run<CallBenchmark>(InProcess.Config(iterations));
        foreach (var bad in summary.Reports.Where(report => !report.Success)) { Console.WriteLine("BAD " + bad.BenchmarkCase.Parameters["Path"] + string.Join(";", bad.ExecuteResults.SelectMany(r => r.Errors))); }
        var medians = summary.Reports.ToDictionary(
            report => (string)report.BenchmarkCase.Parameters["Path"]!, report => report.ResultStatistics!.Median);
        foreach (var name in CallPaths.All.Keys.Where(medians.ContainsKey))
        {
            var median = medians[name];
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {median:F1} | {median - medians.GetValueOrDefault(CallPaths.Direct):F1} | {median / medians.GetValueOrDefault(CallPaths.Floor):F2} |"));
        }

        return 0;
    }
}
