using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ExperimentFramework.DataPlane.Nats.Tests;

/// <summary>
/// A real nats-server of the test's own, on a free port, whose streams are on the disk. Where none is installed the test is skipped, except in CI, where it has to run.
/// </summary>
public sealed class NatsServer : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dataplane-nats-").FullName;
    private readonly int _port = FreePort();
    private Process? _process;

    public string Url => string.Create(CultureInfo.InvariantCulture, $"nats://127.0.0.1:{_port}");

    public static async Task<NatsServer> StartAsync()
    {
        if (!IsInstalled)
        {
            Assert.False(
                string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase),
                "nats-server is not installed, and in CI the tests with a broker have to run: apt-get install nats-server.");
            Assert.Skip("nats-server is not installed: apt-get install nats-server.");
        }

        var server = new NatsServer();
        await server.RestartAsync();
        return server;
    }

    /// <summary>Starts the server anew, on the same port and with the streams that are on the disk.</summary>
    public async Task RestartAsync()
    {
        await KillAsync();
        string[] arguments = ["-a", "127.0.0.1", "-p", _port.ToString(CultureInfo.InvariantCulture), "-js", "-sd", _folder];
        var isReady = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        _process = new Process { StartInfo = new ProcessStartInfo("nats-server", arguments) { RedirectStandardError = true } };
        _process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is null || line.Data.Contains("Server is ready", StringComparison.Ordinal))
            {
                isReady.TrySetResult(line.Data is not null);
            }
        };
        _process.Start();
        _process.BeginErrorReadLine();
        Assert.True(await isReady.Task, "nats-server ended before it was ready.");
    }

    /// <summary>Kills the server without a word to anybody.</summary>
    public async Task KillAsync()
    {
        if (_process is null)
        {
            return;
        }

        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static bool IsInstalled => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Any(folder => File.Exists(Path.Combine(folder, "nats-server")));

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
