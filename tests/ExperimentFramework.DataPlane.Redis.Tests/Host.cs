using System.Diagnostics;
using System.Globalization;

namespace ExperimentFramework.DataPlane.Redis.Tests;

/// <summary>One process of a race.</summary>
internal sealed class Host : IDisposable
{
    private readonly Process _process;

    private Host(Process process) => _process = process;

    public static async Task<Host> StartAsync(string endpoint, int seed, int threads, int subjects)
    {
        string[] arguments =
        [
            Path.Combine(AppContext.BaseDirectory, "ExperimentFramework.DataPlane.Redis.Racer.dll"),
            endpoint,
            .. new[] { seed, threads, subjects }.Select(number => number.ToString(CultureInfo.InvariantCulture)),
        ];
        var process = new Process
        {
            StartInfo = new ProcessStartInfo("dotnet", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true },
        };
        process.Start();
        var host = new Host(process);
        await host.ExpectAsync("ready");
        return host;
    }

    /// <summary>Lets the process go on to its next stage.</summary>
    public void GoOn()
    {
        _process.StandardInput.WriteLine("go");
        _process.StandardInput.Flush();
    }

    public async Task ExpectAsync(string line) => Assert.Equal(line, await _process.StandardOutput.ReadLineAsync());

    /// <summary>Lets it serve every subject once more, and takes what it says.</summary>
    public async Task<RaceReport> FinishAsync()
    {
        GoOn();
        var report = new RaceReport();
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            report.Read(line.Split(' '));
        }

        await _process.WaitForExitAsync();
        Assert.Equal(0, _process.ExitCode);
        return report;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
