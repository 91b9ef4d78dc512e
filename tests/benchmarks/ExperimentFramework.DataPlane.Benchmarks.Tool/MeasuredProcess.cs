using System.Diagnostics;
using System.Globalization;

namespace ExperimentFramework.DataPlane.Benchmarks.Tool;

/// <summary>Runs a process and measures it from outside.</summary>
internal static class MeasuredProcess
{
    public static int Run(string command, IEnumerable<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardOutput = true })!;
        var watch = Stopwatch.StartNew();
        process.OutputDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        long peak = 0;
        var processor = TimeSpan.Zero;
        while (!process.WaitForExit(20))
        {
            try
            {
                process.Refresh();
                peak = Math.Max(peak, process.PeakWorkingSet64);
                processor = process.TotalProcessorTime;
            }
            catch (InvalidOperationException)
            {
                // It has ended meanwhile, and the last look stands.
            }
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{watch.Elapsed.TotalSeconds:F1} s, {processor.TotalSeconds:F1} s of processor, {peak / 1024 / 1024} MiB, exit code {process.ExitCode}"));
        return 0;
    }
}
