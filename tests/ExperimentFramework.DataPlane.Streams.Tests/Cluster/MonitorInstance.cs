using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using ExperimentFramework.DataPlane.Kafka.Tests;

namespace ExperimentFramework.DataPlane.Streams.Tests;

/// <summary>An instance of the monitor in a process of its own.</summary>
internal sealed class MonitorInstance : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = [];

    private MonitorInstance(Process process) => _process = process;

    /// <summary>What it has printed.</summary>
    public string Output => string.Join('\n', _output);

    /// <summary>Starts an instance.</summary>
    public static MonitorInstance Start(KafkaCluster cluster, string topic, string stateFolder = "", params string[] settings)
    {
        var program = Path.Combine(
            AppContext.BaseDirectory.Replace(typeof(MonitorInstance).Assembly.GetName().Name!, "assets/ExperimentFramework.DataPlane.Streams.Instance", StringComparison.Ordinal),
            "ExperimentFramework.DataPlane.Streams.Instance.dll");
        string[] arguments = [program, cluster.Addresses, topic, topic + "-signals", stateFolder, .. settings];
        var process = new Process
        {
            StartInfo = new ProcessStartInfo("dotnet", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true },
        };
        var instance = new MonitorInstance(process);
        process.OutputDataReceived += (_, line) => instance._output.Enqueue(line.Data ?? string.Empty);
        process.ErrorDataReceived += (_, line) => instance._output.Enqueue(line.Data ?? string.Empty);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return instance;
    }

    /// <summary>Ends it as <c>kill -9</c> does.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Stands still, as a machine that is starved does.</summary>
    public Task FreezeAsync() => SignalAsync("-STOP");

    /// <summary>Goes on where it stood.</summary>
    public Task ThawAsync() => SignalAsync("-CONT");

    /// <summary>Lets its host stop.</summary>
    public async Task StopAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(_process.ExitCode == 0, Output);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
            TestContext.Current.TestOutputHelper?.WriteLine(Output);
        }

        _process.Dispose();
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [signal, _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }
}
