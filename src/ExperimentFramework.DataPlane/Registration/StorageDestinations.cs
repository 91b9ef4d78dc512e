using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane;

/// <summary>Registers destinations that write to a file or folder, each once.</summary>
internal static class StorageDestinations
{
    /// <summary>Adds a destination, unless one of the same type is registered for the path and has not been removed, for example by <c>RemoveAll&lt;IDataBackplane&gt;()</c>.</summary>
    public static IServiceCollection AddStorageDestination<TDestination>(this IServiceCollection services, string path, Func<IServiceProvider, TDestination> create)
        where TDestination : class, IDataBackplane
    {
        var isThere = services.Any(descriptor => !descriptor.IsKeyedService
            && descriptor.ImplementationInstance is Registered<TDestination> registered
            && registered.Path == path
            && services.Contains(registered.Destination));
        if (isThere)
        {
            return services;
        }

        services.AddSingleton<IDataBackplane>(create);
        return services.AddSingleton(new Registered<TDestination>(path, services[^1]));
    }

    private sealed record Registered<TDestination>(string Path, ServiceDescriptor Destination);
}
