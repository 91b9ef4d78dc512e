using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace ExperimentFramework.DataPlane.PostgreSql;

/// <summary>The source of connections: a data source that the application has registered, or one that is created for a connection string.</summary>
internal sealed class ServerConnection : IDisposable, IAsyncDisposable
{
    private readonly bool _isOwn;

    private ServerConnection(NpgsqlDataSource dataSource, bool isOwn)
    {
        DataSource = dataSource;
        _isOwn = isOwn;
    }

    public NpgsqlDataSource DataSource { get; }

    /// <summary>Creates a data source for a connection string, or uses the registered one if there is no connection string.</summary>
    /// <param name="provider">The services.</param>
    /// <param name="connectionString">The connection string; null or empty for the registered data source.</param>
    /// <param name="dataSourceKey">The key of the registered data source; null for the one without a key.</param>
    /// <param name="user">Who needs it, for the message.</param>
    /// <exception cref="InvalidOperationException">No data source is registered.</exception>
    public static ServerConnection Create(IServiceProvider provider, string? connectionString, string? dataSourceKey, string user)
    {
        if (!string.IsNullOrEmpty(connectionString))
        {
            return new ServerConnection(NpgsqlDataSource.Create(connectionString), isOwn: true);
        }

        var registered = dataSourceKey is null ? provider.GetService<NpgsqlDataSource>() : provider.GetKeyedService<NpgsqlDataSource>(dataSourceKey);
        return new ServerConnection(
            registered ?? throw new InvalidOperationException(
                $"{user} has no ConnectionString, and no NpgsqlDataSource is registered{(dataSourceKey is null ? "" : $" with the key '{dataSourceKey}'")}. Set ConnectionString, or register a data source: services.AddNpgsqlDataSource(\"Host=db;Database=experiments;Username=dataplane;Password=...\"{(dataSourceKey is null ? "" : $", serviceKey: \"{dataSourceKey}\"")}) of the package Npgsql.DependencyInjection."),
            isOwn: false);
    }

    public void Dispose()
    {
        if (_isOwn)
        {
            DataSource.Dispose();
        }
    }

    public ValueTask DisposeAsync() => _isOwn ? DataSource.DisposeAsync() : ValueTask.CompletedTask;
}
