using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane;

/// <summary>Registers destinations that write to a file or folder, each once.</summary>
internal static class StorageDestinations
{
    private static readonly StringComparison PathComparison =
        OperatingSystem.IsWindows() || OperatingSystem.IsMacOS() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;

    /// <summary>Adds a destination, unless one of the same type is registered for the path and has not been removed, for example by <c>RemoveAll&lt;IDataBackplane&gt;()</c>.</summary>
    public static IServiceCollection AddStorageDestination<TDestination>(this IServiceCollection services, string path, Func<IServiceProvider, TDestination> create)
        where TDestination : class, IDataBackplane => services.AddOnce(path, isFolder: false, create);

    /// <summary>
    /// Adds a destination whose path is a folder in the same way. It cannot be created if the folder is inside that of another destination or contains it: readers of
    /// the outer folder would find the events of both.
    /// </summary>
    public static IServiceCollection AddFolderDestination<TDestination>(this IServiceCollection services, string folder, Func<IServiceProvider, TDestination> create)
        where TDestination : class, IDataBackplane => services.AddOnce(folder, isFolder: true, provider =>
        {
            // When the destination is created: until then, another one may be removed.
            RequireApart(services, new Registered(typeof(TDestination), folder, IsFolder: true, Destination: null));
            return create(provider);
        });

    private static IServiceCollection AddOnce<TDestination>(this IServiceCollection services, string path, bool isFolder, Func<IServiceProvider, TDestination> create)
        where TDestination : class, IDataBackplane
    {
        if (All(services).Any(registered => registered.Type == typeof(TDestination) && registered.Path == path))
        {
            return services;
        }

        services.AddSingleton<IDataBackplane>(create);
        return services.AddSingleton(new Registered(typeof(TDestination), path, isFolder, services[^1]));
    }

    private static void RequireApart(IServiceCollection services, Registered destination)
    {
        foreach (var other in All(services).Where(other => other.IsFolder && (other.Type, other.Path) != (destination.Type, destination.Path)))
        {
            if (IsIn(destination.Path, other.Path))
            {
                throw Nested(destination, other);
            }

            if (IsIn(other.Path, destination.Path))
            {
                throw Nested(other, destination);
            }
        }
    }

    private static InvalidOperationException Nested(Registered inner, Registered outer) => new(
        $"The folder '{inner.Path}' of {inner.Type.Name} is {(string.Equals(inner.Path, outer.Path, PathComparison) ? "also" : $"inside '{outer.Path}',")} the folder of {outer.Type.Name}, so a reader of that folder would find the events of both. "
        + "Give each destination a folder that is not inside that of another one.");

    private static bool IsIn(string path, string folder) =>
        path.StartsWith(folder, PathComparison)
        && (path.Length == folder.Length || Path.EndsInDirectorySeparator(folder) || path[folder.Length] == Path.DirectorySeparatorChar);

    /// <summary>Returns the destinations that have not been removed.</summary>
    private static IEnumerable<Registered> All(IServiceCollection services) => services
        .Select(descriptor => descriptor.IsKeyedService ? null : descriptor.ImplementationInstance)
        .OfType<Registered>()
        .Where(registered => registered.Destination is { } destination && services.Contains(destination));

    private sealed record Registered(Type Type, string Path, bool IsFolder, ServiceDescriptor? Destination);
}
