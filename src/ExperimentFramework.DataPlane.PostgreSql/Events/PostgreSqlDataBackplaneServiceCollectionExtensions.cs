using System.Globalization;
using ExperimentFramework.DataPlane;
using ExperimentFramework.DataPlane.PostgreSql;
using Microsoft.Extensions.DependencyInjection.Extensions;
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

        // The first destination has the default name, so that Configure<PostgreSqlDataBackplaneOptions>(section) binds it; each other one has options of its own.
        var earlier = services.Count(descriptor => descriptor.ServiceType == typeof(Registration));
        var name = earlier == 0 ? Options.Options.DefaultName : string.Create(CultureInfo.InvariantCulture, $"{earlier + 1}");
        var options = services.AddOptions<PostgreSqlDataBackplaneOptions>(name).ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.AddSingleton<Registration>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<PostgreSqlDataBackplaneOptions>, PostgreSqlDataBackplaneOptionsValidator>());
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

    /// <summary>Counts the calls.</summary>
    private sealed class Registration;
}
