using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ExperimentFramework.DataPlane.Redis.Tests;

/// <summary>
/// A real redis-server of the test's own, on a free port, that keeps nothing when it is killed. Where none is installed the test is
/// skipped, except in CI, where it has to run.
/// </summary>
public sealed class RedisServer : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dataplane-redis-").FullName;
    private readonly string[] _settings;
    private Process? _process;

    private RedisServer(string[] settings) => _settings = settings;

    public int Port { get; } = FreePort();

    public string Endpoint => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    /// <summary>Starts a server, with settings of redis-server beside the usual ones.</summary>
    public static async Task<RedisServer> StartAsync(params string[] settings)
    {
        if (!IsInstalled)
        {
            Assert.False(
                string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase),
                "redis-server is not installed, and in CI the tests of Redis have to run: apt-get install redis-server.");
            Assert.Skip("redis-server is not installed: apt-get install redis-server.");
        }

        var server = new RedisServer(settings);
        await server.RestartAsync();
        return server;
    }

    /// <summary>Starts the server anew, on the same port, empty.</summary>
    public async Task RestartAsync()
    {
        await KillAsync();
        string[] arguments =
        [
            "--bind", "127.0.0.1", "--port", Port.ToString(CultureInfo.InvariantCulture), "--save", "", "--appendonly", "no", "--dir", _folder, .. _settings,
        ];
        var process = new Process { StartInfo = new ProcessStartInfo("redis-server", arguments) { RedirectStandardOutput = true } };
        process.Start();
        _process = process;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.Contains("Ready to accept connections", StringComparison.Ordinal))
            {
                return;
            }
        }

        throw new InvalidOperationException("redis-server ended before it was ready.");
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

    /// <summary>Stops the server as it is: its connections stay, and it is silent.</summary>
    public void Pause() => Signal("STOP");

    /// <summary>Lets a stopped server go on.</summary>
    public void Resume() => Signal("CONT");

    private void Signal(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", _process!.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Waits until it holds that many keys.</summary>
    public Task WrittenAsync(int keys) =>
        Eventually.Holds(async () => long.Parse((await SendAsync("DBSIZE")).Trim()[1..], CultureInfo.InvariantCulture) >= keys);

    /// <summary>Speaks Redis's own protocol (RESP2), past the client that is tested.</summary>
    public async Task<string> SendAsync(params string[] command)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.UTF8.GetBytes(Request(command) + Request("QUIT")));
        using var reader = new StreamReader(stream);
        return (await reader.ReadToEndAsync()).Replace("+OK\r\n", "", StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Directory.Delete(_folder, recursive: true);
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string Request(params string[] command) =>
        $"*{command.Length}\r\n" + string.Concat(command.Select(part => $"${Encoding.UTF8.GetByteCount(part)}\r\n{part}\r\n"));

    private static bool IsInstalled => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Any(folder => File.Exists(Path.Combine(folder, "redis-server")));
}
