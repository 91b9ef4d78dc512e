using ExperimentFramework.DataPlane;
using ExperimentFramework.DataPlane.PostgreSql;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that register the PostgreSQL assignment store.</summary>
public static class PostgreSqlAssignmentStoreServiceCollectionExtensions
{
    /// <summary>
    /// Adds an assignment store in PostgreSQL, which all hosts share, as <see cref="AssignmentPolicy.GloballySticky"/> requires, through the registered
    /// <c>NpgsqlDataSource</c> unless the options have a connection string. If an <c>IConfiguration</c> is registered, its section
    /// <c>DataPlane:PostgreSqlAssignmentStore</c> is bound first; options set here take precedence over it. The connection is made when the first experiment starts.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Configures the options; null keeps the defaults. They are validated at start-up.</param>
    /// <returns>The same <paramref name="services"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    public static IServiceCollection AddPostgreSqlAssignmentStore(this IServiceCollection services, Action<PostgreSqlAssignmentStoreOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        if (!services.Any(descriptor => descriptor.ServiceType == typeof(IValidateOptions<PostgreSqlAssignmentStoreOptions>)))
        {
            // Inserted before all other option configuration, so that options set in code take precedence over the configuration.
            services.Insert(0, ServiceDescriptor.Singleton<IConfigureOptions<PostgreSqlAssignmentStoreOptions>>(
                provider => new PostgreSqlAssignmentStoreConfiguration(provider.GetService<IConfiguration>())));
        }

        var name = services.AddNumberedOptions<PostgreSqlAssignmentStoreOptions, PostgreSqlAssignmentStoreOptionsValidator>(configure);
        return services.AddAssignmentStore(provider =>
        {
            var own = provider.GetRequiredService<IOptionsMonitor<PostgreSqlAssignmentStoreOptions>>().Get(name);
            return new PostgreSqlAssignmentStore(
                ServerConnection.Create(provider, own.ConnectionString, own.DataSourceKey, nameof(PostgreSqlAssignmentStoreOptions)),
                own,
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILoggerFactory>().CreateLogger(DataPlaneLogCategories.Assignment));
        });
    }

    /// <summary>
    /// Adds an assignment store in PostgreSQL, which all hosts share, as <see cref="AssignmentPolicy.GloballySticky"/> requires. The connection is made when
    /// the first experiment starts.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="connectionString">The connection string in the format of Npgsql, for example <c>Host=db;Database=experiments;Username=dataplane;Password=...</c>.</param>
    /// <param name="configure">Configures the options; null keeps the defaults. They are validated at start-up.</param>
    /// <returns>The same <paramref name="services"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="connectionString"/> is null or empty.</exception>
    public static IServiceCollection AddPostgreSqlAssignmentStore(
        this IServiceCollection services, string connectionString, Action<PostgreSqlAssignmentStoreOptions>? configure = null)
    {
        ConnectionStrings.Require(connectionString, nameof(connectionString), nameof(AddPostgreSqlAssignmentStore));
        return services.AddPostgreSqlAssignmentStore(options =>
        {
            options.ConnectionString = connectionString;
            configure?.Invoke(options);
        });
    }
}
