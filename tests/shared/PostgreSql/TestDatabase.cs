using System.Globalization;
using Npgsql;

namespace ExperimentFramework.DataPlane.PostgreSql.Tests;

/// <summary>A database of one test.</summary>
public sealed class TestDatabase(PostgreSqlServer server, string name) : IAsyncDisposable
{
    public PostgreSqlServer Server => server;

    public string Name => name;

    public string ConnectionString => server.ConnectionString(name);

    public NpgsqlDataSource Source { get; } = NpgsqlDataSource.Create(server.ConnectionString(name));

    /// <summary>Asks with PostgreSQL's own client.</summary>
    public Task<string[]> PsqlAsync(string sql) => server.PsqlAsync(name, sql);

    /// <summary>Asks for one number with PostgreSQL's own client.</summary>
    public async Task<long> CountAsync(string sql) => long.Parse(Assert.Single(await PsqlAsync(sql)), CultureInfo.InvariantCulture);

    public ValueTask DisposeAsync() => Source.DisposeAsync();
}
