using ExperimentFramework.DataPlane;
using ExperimentFramework.DataPlane.Sqlite;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the durable outbox.</summary>
public static class DurableOutboxServiceCollectionExtensions
{
    /// <summary>
    /// Keeps what destinations do not take in an SQLite file: while a destination fails, and while its queue is half full. Kept events
    /// are delivered in order when the destination is back, or after the next start, at least once; the envelope's
    /// <see cref="DataPlaneEnvelope.EventId"/> tells a second delivery. Immediate destinations need none. The file is opened when the
    /// host starts, and belongs to one process.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="path">The file's path; its folder has to exist.</param>
    /// <param name="configure">Sets the options; null leaves them as they are.</param>
    /// <returns><paramref name="services"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="path"/> is null or empty.</exception>
    /// <exception cref="InvalidOperationException">There is an outbox already.</exception>
    public static IServiceCollection AddDurableOutbox(this IServiceCollection services, string path, Action<DurableOutboxOptions>? configure = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        services.AddDataBackplane();
        if (services.Any(descriptor => descriptor.ServiceType == typeof(IEventOutbox)))
        {
            throw new InvalidOperationException("AddDurableOutbox was called before: one outbox serves all destinations.");
        }

        var options = services.AddOptions<DurableOutboxOptions>().ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.TryAddSingleton<IValidateOptions<DurableOutboxOptions>, DurableOutboxOptionsValidator>();
        return services.AddSingleton<IEventOutbox>(provider => new SqliteEventOutbox(
            path,
            provider.GetRequiredService<IOptions<DurableOutboxOptions>>().Value,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>().CreateLogger<SqliteEventOutbox>()));
    }
}
