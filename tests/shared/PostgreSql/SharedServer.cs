[assembly: AssemblyFixture(typeof(ExperimentFramework.DataPlane.PostgreSql.Tests.SharedServer))]

namespace ExperimentFramework.DataPlane.PostgreSql.Tests;

/// <summary>One server for all tests that leave it running, each with a database of its own.</summary>
public sealed class SharedServer : IAsyncDisposable
{
    private readonly SemaphoreSlim _start = new(1);
    private PostgreSqlServer? _server;

    /// <summary>Starts the server with the first test, so that tests are skipped where it is not installed.</summary>
    public async Task<PostgreSqlServer> GetAsync()
    {
        await _start.WaitAsync();
        try
        {
            return _server ??= await PostgreSqlServer.StartAsync("max_connections=200");
        }
        finally
        {
            _start.Release();
        }
    }

    /// <summary>Creates a database.</summary>
    public async Task<TestDatabase> CreateDatabaseAsync()
    {
        var server = await GetAsync();
        return new TestDatabase(server, await server.CreateDatabaseAsync());
    }

    public async ValueTask DisposeAsync()
    {
        _start.Dispose();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}
