using ExperimentFramework.DataPlane;
using ExperimentFramework.DataPlane.PostgreSql;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that register the PostgreSQL destination.</summary>
public static class PostgreSqlDataBackplaneServiceCollectionExtensions
{
    /// <summary>
    /// Adds a destination that writes events to PostgreSQL, through the registered <c>NpgsqlDataSource</c> unless the options have a connection string. If an
    /// <c>IConfiguration</c> is registered, its section <c>DataPlane:PostgreSql</c> is bound first; options set here take precedence over it. Each call adds a
    /// destination; with two for the same schema of the same database, the host does not start.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Configures the options; null keeps the defaults. They are validated at start-up.</param>
    /// <returns><paramref name="services"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    public static IServiceCollection AddPostgreSqlDataBackplane(this IServiceCollection services, Action<PostgreSqlDataBackplaneOptions>? configure = null)
    {
        services.AddDataBackplane();
        if (!services.Any(descriptor => descriptor.ServiceType == typeof(IValidateOptions<PostgreSqlDataBackplaneOptions>)))
        {
            // Inserted before all other option configuration, so that options set in code take precedence over the configuration.
            services.Insert(0, ServiceDescriptor.Singleton<IConfigureOptions<PostgreSqlDataBackplaneOptions>>(
                provider => new PostgreSqlDataBackplaneConfiguration(provider.GetService<IConfiguration>())));
        }

        var name = services.AddNumberedOptions<PostgreSqlDataBackplaneOptions, PostgreSqlDataBackplaneOptionsValidator>(configure);
        services.TryAddSingleton<DatabaseClaims>();
        return services.AddSingleton<IDataBackplane>(provider => Create(provider, name));
    }

    /// <summary>Adds a destination that writes events to PostgreSQL. Each call adds a destination; with two for the same schema of the same database, the host does not start.</summary>
    /// <param name="services">The services.</param>
    /// <param name="connectionString">The connection string in the format of Npgsql, for example <c>Host=db;Database=experiments;Username=dataplane;Password=...</c>.</param>
    /// <param name="configure">Configures the options; null keeps the defaults. They are validated at start-up.</param>
    /// <returns><paramref name="services"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="connectionString"/> is null or empty.</exception>
    public static IServiceCollection AddPostgreSqlDataBackplane(
        this IServiceCollection services, string connectionString, Action<PostgreSqlDataBackplaneOptions>? configure = null)
    {
        ConnectionStrings.Require(connectionString, nameof(connectionString), nameof(AddPostgreSqlDataBackplane));
        return services.AddPostgreSqlDataBackplane(options =>
        {
            options.ConnectionString = connectionString;
            configure?.Invoke(options);
        });
    }

    private static PostgreSqlDataBackplane Create(IServiceProvider provider, string name)
    {
        var own = provider.GetRequiredService<IOptionsMonitor<PostgreSqlDataBackplaneOptions>>().Get(name);
        var connection = ServerConnection.Create(provider, own.ConnectionString, own.DataSourceKey, nameof(PostgreSqlDataBackplaneOptions));
        try
        {
            provider.GetRequiredService<DatabaseClaims>().Claim(DatabaseAddress.Of(connection.DataSource), own.Schema, name);
            return new PostgreSqlDataBackplane(
                connection,
                own,
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILoggerFactory>().CreateLogger(DataPlaneLogCategories.Delivery));
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
