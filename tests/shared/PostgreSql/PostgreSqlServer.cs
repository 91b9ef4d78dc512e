using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace ExperimentFramework.DataPlane.PostgreSql.Tests;

/// <summary>
/// A real PostgreSQL server of the test's own, on a free port, in a folder of its own. Where none is installed the test is skipped, except in CI, where it has
/// to run. PostgreSQL refuses to run as root, so root starts it as the user postgres.
/// </summary>
public sealed class PostgreSqlServer : IAsyncDisposable
{
    private const string User = "postgres";

    private readonly string _folder;
    private readonly string[] _settings;
    private Process? _process;
    private int _databases;

    private PostgreSqlServer(string folder, string[] settings)
    {
        _folder = folder;
        _settings = settings;
        Port = FreePort();
    }

    public int Port { get; }

    /// <summary>The folder that holds the data.</summary>
    public string DataFolder => Path.Combine(_folder, "data");

    /// <summary>Creates and starts a server.</summary>
    /// <param name="settings">Settings of the server, as <c>name=value</c>.</param>
    public static async Task<PostgreSqlServer> StartAsync(params string[] settings)
    {
        if (Binaries is null)
        {
            Assert.False(
                string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase),
                "PostgreSQL is not installed, and in CI its tests have to run: apt-get install postgresql.");
            Assert.Skip("PostgreSQL is not installed: apt-get install postgresql.");
        }

        var server = new PostgreSqlServer(Directory.CreateTempSubdirectory("dataplane-postgresql-").FullName, settings);
        if (Environment.IsPrivilegedProcess)
        {
            await RunAsync("chown", [User, server._folder]);
        }

        await RunAsync(AsUser("initdb", ["--pgdata", server.DataFolder, "--username", User, "--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync"]));
        await server.StartAsync();
        return server;
    }

    /// <summary>Starts the server, on the same port and data.</summary>
    public async Task StartAsync()
    {
        string[] arguments =
        [
            "-D", DataFolder, "-p", Port.ToString(CultureInfo.InvariantCulture),
            .. Settings("listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off", "shared_buffers=16MB", "log_timezone=UTC"), .. Settings(_settings),
        ];
        var start = AsUser("postgres", arguments);
        start.RedirectStandardError = true;
        start.Environment["LC_ALL"] = "C";
        _process = Process.Start(start)!;
        var ready = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        _process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is null || line.Data.Contains("database system is ready to accept connections", StringComparison.Ordinal))
            {
                ready.TrySetResult(line.Data is not null);
            }
        };
        _process.BeginErrorReadLine();
        Assert.True(await ready.Task, "The server ended before it was ready.");
    }

    /// <summary>Ends the server at once, as a crash does: what was not committed is gone, and no client is informed.</summary>
    public async Task CrashAsync()
    {
        if (_process is { } process)
        {
            _process = null;
            await RunAsync("kill", ["-QUIT", process.Id.ToString(CultureInfo.InvariantCulture)]);
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }

    /// <summary>Kills the server with SIGKILL, and waits until the processes that it leaves behind have ended.</summary>
    public async Task KillAsync()
    {
        if (_process is { } process)
        {
            _process = null;
            var left = Children(process.Id);
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
            await Eventually.Holds(() => !left.Any(child => Directory.Exists($"/proc/{child}")));
        }
    }

    /// <summary>Stops the server as it is: its connections stay, and it is silent.</summary>
    public async Task PauseAsync()
    {
        // The parent first: once it is stopped, it starts no other child.
        var parent = _process!.Id;
        await SignalAsync("-STOP", [parent]);
        await Eventually.Holds(() => FieldsOf(parent) is ["T", ..]);
        await SignalAsync("-STOP", Children(parent));
    }

    /// <summary>Lets a stopped server continue.</summary>
    public async Task ResumeAsync()
    {
        // The children first: while all are stopped, none of them can end.
        var parent = _process!.Id;
        await SignalAsync("-CONT", Children(parent));
        await SignalAsync("-CONT", [parent]);
    }

    /// <summary>Creates an empty database and returns its name.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"test{Interlocked.Increment(ref _databases)}");
        await using var source = NpgsqlDataSource.Create(ConnectionString("postgres"));
        await using var command = source.CreateCommand($"CREATE DATABASE {name}");
        await command.ExecuteNonQueryAsync();
        return name;
    }

    public string ConnectionString(string database, string user = User, string? password = null, int? port = null) => string.Create(
        CultureInfo.InvariantCulture,
        $"Host=127.0.0.1;Port={port ?? Port};Database={database};Username={user};Password={password};Timeout=5;Include Error Detail=true");

    /// <summary>Asks with PostgreSQL's own client, an independent reader; a line for each row, columns separated by bars.</summary>
    public async Task<string[]> PsqlAsync(string database, string sql, string user = User)
    {
        string[] arguments =
        [
            "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", Port.ToString(CultureInfo.InvariantCulture), "-U", user, "-d", database, "-c", sql,
        ];
        return (await RunAsync(new ProcessStartInfo(Path.Combine(Binaries!, "psql"), arguments))).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    public async ValueTask DisposeAsync()
    {
        await CrashAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static string? Binaries { get; } = Directory.Exists("/usr/lib/postgresql")
        ? Directory.EnumerateDirectories("/usr/lib/postgresql")
            .OrderByDescending(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var version) ? version : 0)
            .Select(folder => Path.Combine(folder, "bin"))
            .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")))
        : (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")));

    private static IEnumerable<string> Settings(params string[] settings) => settings.SelectMany(setting => new[] { "-c", setting });

    private static ProcessStartInfo AsUser(string program, IEnumerable<string> arguments)
    {
        var path = Path.Combine(Binaries!, program);
        var start = Environment.IsPrivilegedProcess
            ? new ProcessStartInfo("setpriv", ["--reuid", User, "--regid", User, "--clear-groups", path, .. arguments])
            : new ProcessStartInfo(path, arguments);
        start.WorkingDirectory = "/";
        return start;
    }

    private static Task<string> RunAsync(string program, string[] arguments) => RunAsync(new ProcessStartInfo(program, arguments));

    private static async Task<string> RunAsync(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await errors);
        return await output;
    }

    private static Task SignalAsync(string signal, IEnumerable<int> processes) =>
        RunAsync("kill", [signal, .. processes.Select(id => id.ToString(CultureInfo.InvariantCulture))]);

    /// <summary>The processes that a process has started, by the fourth field of their state.</summary>
    private static List<int> Children(int parent) => [.. Directory.EnumerateDirectories("/proc")
        .Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id) ? id : 0)
        .Where(id => id > 0 && ParentOf(id) == parent)];

    private static int ParentOf(int process) => FieldsOf(process) is [_, var parent, ..] ? int.Parse(parent, CultureInfo.InvariantCulture) : 0;

    /// <summary>The fields of a process's state after its name: the state and the parent first; none if it has ended.</summary>
    private static string[] FieldsOf(int process)
    {
        try
        {
            var state = File.ReadAllText($"/proc/{process}/stat");
            return state[(state.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            // It has ended in the meantime.
            return [];
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
