using ExperimentFramework.DataPlane;
using ExperimentFramework.DataPlane.PostgreSql;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that register the PostgreSQL outbox.</summary>
public static class PostgreSqlOutboxServiceCollectionExtensions
{
    /// <summary>
    /// Stores events that destinations do not accept in PostgreSQL: while a destination fails, or while its queue is at least half full. Stored events are delivered in order when the
    /// destination has recovered, at least once; duplicates have the same <see cref="DataPlaneEnvelope.EventId"/>. The events that a process leaves when it ends are adopted by the
    /// application's other processes, or by the next one. Uses the registered <c>NpgsqlDataSource</c> unless the options have a connection string. If an
    /// <c>IConfiguration</c> is registered, its section <c>DataPlane:PostgreSqlOutbox</c> is bound first; options set here take precedence over it.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Configures the options; null keeps the defaults. They are validated at start-up.</param>
    /// <returns>The same <paramref name="services"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    /// <exception cref="InvalidOperationException">An outbox is already registered.</exception>
    public static IServiceCollection AddPostgreSqlOutbox(this IServiceCollection services, Action<PostgreSqlOutboxOptions>? configure = null)
    {
        services.AddDataBackplane();
        if (services.Any(descriptor => descriptor.ServiceType == typeof(IEventOutbox)))
        {
            throw new InvalidOperationException("An outbox is already registered. Register only one: one outbox serves all destinations.");
        }

        // Inserted before all other option configuration, so that options set in code take precedence over the configuration.
        services.Insert(0, ServiceDescriptor.Singleton<IConfigureOptions<PostgreSqlOutboxOptions>>(
            provider => new PostgreSqlOutboxConfiguration(provider.GetService<IConfiguration>())));
        services.AddNamedOptions<PostgreSqlOutboxOptions, PostgreSqlOutboxOptionsValidator>(Options.Options.DefaultName, configure);
        services.AddSingleton<IHealthContributor>(provider => (PostgreSqlEventOutbox)provider.GetRequiredService<IEventOutbox>());
        return services.AddSingleton<IEventOutbox>(provider =>
        {
            var own = provider.GetRequiredService<IOptions<PostgreSqlOutboxOptions>>().Value;
            return new PostgreSqlEventOutbox(
                ServerConnection.Create(provider, own.ConnectionString, own.DataSourceKey, nameof(PostgreSqlOutboxOptions)),
                own,
                own.Application ?? provider.GetService<IHostEnvironment>()?.ApplicationName ?? AppDomain.CurrentDomain.FriendlyName,
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILoggerFactory>().CreateLogger(DataPlaneLogCategories.Delivery));
        });
    }

    /// <summary>Stores events that destinations do not accept in PostgreSQL; see the other overload.</summary>
    /// <param name="services">The services.</param>
    /// <param name="connectionString">The connection string in the format of Npgsql, for example <c>Host=db;Database=experiments;Username=dataplane;Password=...</c>.</param>
    /// <param name="configure">Configures the options; null keeps the defaults. They are validated at start-up.</param>
    /// <returns>The same <paramref name="services"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="connectionString"/> is null or empty.</exception>
    /// <exception cref="InvalidOperationException">An outbox is already registered.</exception>
    public static IServiceCollection AddPostgreSqlOutbox(
        this IServiceCollection services, string connectionString, Action<PostgreSqlOutboxOptions>? configure = null)
    {
        ConnectionStrings.Require(connectionString, nameof(connectionString), nameof(AddPostgreSqlOutbox));
        return services.AddPostgreSqlOutbox(options =>
        {
            options.ConnectionString = connectionString;
            configure?.Invoke(options);
        });
    }
}
