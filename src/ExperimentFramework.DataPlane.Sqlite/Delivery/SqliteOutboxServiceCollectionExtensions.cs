using ExperimentFramework.DataPlane;
using ExperimentFramework.DataPlane.Sqlite;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the durable outbox.</summary>
public static class SqliteOutboxServiceCollectionExtensions
{
    /// <summary>
    /// Keeps what destinations do not take in an SQLite file: while a destination fails, and while its queue is half full. Kept events
    /// are delivered in order when the destination is back, or after the next start, at least once; the envelope's
    /// <see cref="DataPlaneEnvelope.EventId"/> tells a second delivery. Immediate destinations need none. The file is opened when the
    /// host starts, and belongs to one process.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="path">
    /// The path of the file; its folder must exist. Not a connection string, and not <c>:memory:</c>. With <c>{process}</c> in the file's name
    /// each process takes a file that is free, and adopts what processes that have ended left in theirs: for deployments that overlap, and for
    /// several hosts in one process.
    /// </param>
    /// <param name="configure">Sets the options; null leaves them as they are.</param>
    /// <returns><paramref name="services"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> or <paramref name="path"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="path"/> is not the path of a file, or has a placeholder other than <c>{process}</c>.</exception>
    /// <exception cref="InvalidOperationException">There is an outbox already.</exception>
    public static IServiceCollection AddSqliteOutbox(this IServiceCollection services, string path, Action<SqliteOutboxOptions>? configure = null)
    {
        var file = OutboxPath.Parse(path, nameof(path)).ToString();
        services.AddDataBackplane();
        if (services.Any(descriptor => descriptor.ServiceType == typeof(IEventOutbox)))
        {
            throw new InvalidOperationException("AddSqliteOutbox was called before: one outbox serves all destinations.");
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
