using System.Globalization;
using ExperimentFramework.DataPlane;
using ExperimentFramework.DataPlane.Redis;
using Microsoft.Extensions.DependencyInjection.Extensions;
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

        // The first store has the default name, so that Configure<RedisAssignmentStoreOptions>(section) binds it; each other one has options of its own.
        var earlier = services.Count(descriptor => descriptor.ServiceType == typeof(Registration));
        var name = earlier == 0 ? Options.Options.DefaultName : string.Create(CultureInfo.InvariantCulture, $"{earlier + 1}");
        var options = services.AddOptions<RedisAssignmentStoreOptions>(name).Configure(own => own.Configuration = configuration).ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.AddSingleton<Registration>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RedisAssignmentStoreOptions>, RedisAssignmentStoreOptionsValidator>());
        return services.AddAssignmentStore(provider => new RedisAssignmentStore(
            provider.GetRequiredService<IOptionsMonitor<RedisAssignmentStoreOptions>>().Get(name),
            provider.GetRequiredService<IOptions<DataPlaneOptions>>().Value.StoreTimeout));
    }

    /// <summary>Counts the calls.</summary>
    private sealed class Registration;
}
