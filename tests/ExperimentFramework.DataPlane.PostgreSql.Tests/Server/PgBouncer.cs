using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ExperimentFramework.DataPlane.PostgreSql.Tests;

/// <summary>A real PgBouncer of the test's own in front of a server. Where it is not installed the test is skipped, except in CI, where it has to run.</summary>
internal sealed class PgBouncer : IAsyncDisposable
{
    private const string Path = "/usr/sbin/pgbouncer";
    private const string User = "postgres";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dataplane-pgbouncer-");
    private readonly Process _process;

    private PgBouncer(PostgreSqlServer server, string poolMode)
    {
        Port = FreePort();
        var settings = System.IO.Path.Combine(_folder.FullName, "pgbouncer.ini");
        File.WriteAllText(settings, string.Create(CultureInfo.InvariantCulture, $"""
            [databases]
            * = host=127.0.0.1 port={server.Port} user={User}
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {Port}
            unix_socket_dir =
            auth_type = any
            pool_mode = {poolMode}
            """));
        var start = Environment.IsPrivilegedProcess
            ? new ProcessStartInfo("setpriv", ["--reuid", User, "--regid", User, "--clear-groups", Path, "-q", settings])
            : new ProcessStartInfo(Path, ["-q", settings]);
        if (!OperatingSystem.IsWindows())
        {
            // The user of the pooler reads its settings.
            _folder.UnixFileMode |= UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        }

        start.WorkingDirectory = "/";
        start.RedirectStandardError = true;
        _process = Process.Start(start)!;
        _process.BeginErrorReadLine();
    }

    public int Port { get; }

    public static async Task<PgBouncer> StartAsync(PostgreSqlServer server, string poolMode)
    {
        if (!File.Exists(Path))
        {
            Assert.False(
                string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase),
                "PgBouncer is not installed, and in CI its tests have to run: apt-get install pgbouncer.");
            Assert.Skip("PgBouncer is not installed: apt-get install pgbouncer.");
        }

        var pooler = new PgBouncer(server, poolMode);
        await Eventually.Holds(pooler.IsListening);
        return pooler;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private bool IsListening()
    {
        using var client = new TcpClient();
        try
        {
            client.Connect(IPAddress.Loopback, Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
