using ExperimentFramework.DataPlane;
using ExperimentFramework.DataPlane.Sqlite;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that register the SQLite outbox.</summary>
public static class SqliteOutboxServiceCollectionExtensions
{
    /// <summary>
    /// Stores events that destinations do not accept in an SQLite file: while a destination fails, or while its queue is at least half full. Stored events
    /// are delivered in order when the destination has recovered, or after the next start, at least once; duplicates have the same
    /// <see cref="DataPlaneEnvelope.EventId"/>. Immediate destinations do not use the outbox. The file is opened when the
    /// host starts, and is used by one process only.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="path">
    /// The path of the file. Its folder must exist. Connection strings and <c>:memory:</c> are not supported. With <c>{process}</c> in the file's name,
    /// each process takes a file that is free, and adopts the events that processes that have ended left in theirs: for overlapping deployments, and for
    /// several hosts in one process.
    /// </param>
    /// <param name="configure">Configures the options; null keeps the defaults.</param>
    /// <returns>The same <paramref name="services"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> or <paramref name="path"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="path"/> is not the path of a file, or contains a placeholder other than <c>{process}</c>.</exception>
    /// <exception cref="InvalidOperationException">An outbox is already registered.</exception>
    public static IServiceCollection AddSqliteOutbox(this IServiceCollection services, string path, Action<SqliteOutboxOptions>? configure = null)
    {
        var file = OutboxPath.Parse(path, nameof(path)).ToString();
        services.AddDataBackplane();
        if (services.Any(descriptor => descriptor.ServiceType == typeof(IEventOutbox)))
        {
            throw new InvalidOperationException("An outbox is already registered. Call AddSqliteOutbox only once: one outbox serves all destinations.");
        }

        var options = services.AddOptions<SqliteOutboxOptions>().ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.TryAddSingleton<IValidateOptions<SqliteOutboxOptions>, SqliteOutboxOptionsValidator>();
        services.AddSingleton<IHealthContributor>(provider => (SqliteEventOutbox)provider.GetRequiredService<IEventOutbox>());
        return services.AddSingleton<IEventOutbox>(provider => new SqliteEventOutbox(
            file,
            provider.GetRequiredService<IOptions<SqliteOutboxOptions>>().Value,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>().CreateLogger(DataPlaneLogCategories.Delivery)));
    }
}
