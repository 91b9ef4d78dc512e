using System.Diagnostics;
using System.Text.RegularExpressions;

namespace ExperimentFramework.DataPlane.Benchmarks.Dashboard;

/// <summary>A server in a process of its own, which prints its address.</summary>
internal sealed partial class ServerProcess : IDisposable
{
    private readonly Process _process;

    private ServerProcess(Process process, Uri address)
    {
        _process = process;
        Address = address;
    }

    public Uri Address { get; }

    public static async Task<ServerProcess> StartAsync(string assembly, params IEnumerable<string> arguments)
    {
        var process = Process.Start(new ProcessStartInfo("dotnet", [assembly, .. arguments])
        {
            RedirectStandardOutput = true,
            WorkingDirectory = Path.GetDirectoryName(assembly)!,
            Environment = { ["ASPNETCORE_ENVIRONMENT"] = "Development" },
        })!;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (Printed().Match(line) is { Success: true } address)
            {
                // A pipe that nobody empties would stop the server.
                _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
                return new ServerProcess(process, new Uri(address.Value));
            }
        }

        throw new InvalidOperationException($"{assembly} ended without printing its address.");
    }

    /// <summary>The processor time of the server until now.</summary>
    public TimeSpan Processor
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+")]
    private static partial Regex Printed();
}
