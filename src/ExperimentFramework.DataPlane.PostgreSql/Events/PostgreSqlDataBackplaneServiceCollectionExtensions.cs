using ExperimentFramework.DataPlane;
using ExperimentFramework.DataPlane.PostgreSql;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that register the PostgreSQL destination.</summary>
public static class PostgreSqlDataBackplaneServiceCollectionExtensions
{
    /// <summary>
    /// Adds a destination that writes events to PostgreSQL, through the registered <c>NpgsqlDataSource</c> unless the options have a connection string. Each
    /// call adds a destination.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Configures the options; null keeps the defaults. They are validated at start-up.</param>
    /// <returns><paramref name="services"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    public static IServiceCollection AddPostgreSqlDataBackplane(this IServiceCollection services, Action<PostgreSqlDataBackplaneOptions>? configure = null)
    {
        services.AddDataBackplane();

        var name = services.AddNumberedOptions<PostgreSqlDataBackplaneOptions, PostgreSqlDataBackplaneOptionsValidator>(configure);
        return services.AddSingleton<IDataBackplane>(provider =>
        {
            var own = provider.GetRequiredService<IOptionsMonitor<PostgreSqlDataBackplaneOptions>>().Get(name);
            return new PostgreSqlDataBackplane(
                ServerConnection.Create(provider, own.ConnectionString, own.DataSourceKey, nameof(PostgreSqlDataBackplaneOptions)),
                own,
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILoggerFactory>().CreateLogger(DataPlaneLogCategories.Delivery));
        });
    }

    /// <summary>Adds a destination that writes events to PostgreSQL. Each call adds a destination.</summary>
    /// <param name="services">The services.</param>
    /// <param name="connectionString">The connection string in the format of Npgsql, for example <c>Host=db;Database=experiments;Username=dataplane</c>.</param>
    /// <param name="configure">Configures the options; null keeps the defaults. They are validated at start-up.</param>
    /// <returns><paramref name="services"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="connectionString"/> is null or empty.</exception>
    public static IServiceCollection AddPostgreSqlDataBackplane(
        this IServiceCollection services, string connectionString, Action<PostgreSqlDataBackplaneOptions>? configure = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(connectionString);
        return services.AddPostgreSqlDataBackplane(options =>
        {
            options.ConnectionString = connectionString;
            configure?.Invoke(options);
        });
    }
}
