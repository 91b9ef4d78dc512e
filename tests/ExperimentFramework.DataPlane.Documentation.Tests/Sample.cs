using System.Diagnostics;
using System.Reflection;

namespace ExperimentFramework.DataPlane.Documentation.Tests;

/// <summary>Runs a sample as its users do.</summary>
internal static class Sample
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    public static async Task<(string Output, int ExitCode)> RunAsync(string name, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        start.ArgumentList.Add(typeof(Sample).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == name).Value!);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync().WaitAsync(Limit);
            return (await output, process.ExitCode);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
