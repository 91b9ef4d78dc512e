using ExperimentFramework.DataPlane;
using ExperimentFramework.DataPlane.Redis;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that register the Redis assignment store.</summary>
public static class RedisAssignmentStoreServiceCollectionExtensions
{
    /// <summary>
    /// Adds an assignment store in Redis, which all hosts share, as <see cref="AssignmentPolicy.GloballySticky"/> requires. The connection is made
    /// when the first experiment starts.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configuration">The connection string in the format of StackExchange.Redis, for example <c>redis-1:6379</c>.</param>
    /// <param name="configure">Configures the options; null keeps the defaults. They are validated at start-up.</param>
    /// <returns>The same <paramref name="services"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="configuration"/> is null or empty.</exception>
    public static IServiceCollection AddRedisAssignmentStore(
        this IServiceCollection services, string configuration, Action<RedisAssignmentStoreOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(configuration);

        var name = services.AddNumberedOptions<RedisAssignmentStoreOptions, RedisAssignmentStoreOptionsValidator>(options =>
        {
            options.Configuration = configuration;
            configure?.Invoke(options);
        });
        return services.AddAssignmentStore(provider => new RedisAssignmentStore(
            provider.GetRequiredService<IOptionsMonitor<RedisAssignmentStoreOptions>>().Get(name),
            provider.GetRequiredService<IOptions<DataPlaneOptions>>().Value.StoreTimeout));
    }
}
