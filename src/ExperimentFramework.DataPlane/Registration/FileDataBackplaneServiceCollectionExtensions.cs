using ExperimentFramework.DataPlane;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that register destinations that write files.</summary>
public static class FileDataBackplaneServiceCollectionExtensions
{
    /// <summary>
    /// Adds a destination that writes events as lines of JSON to files in a folder. If an <c>IConfiguration</c> is registered, its section <c>DataPlane:Files</c> is bound
    /// first; options set here take precedence over it. A second call with the same folder adds no second destination; one with another folder does. The host does not start if that folder is inside
    /// the folder of another destination.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="folder">
    /// The path of the folder, which several processes may share. It is created if it does not exist, so that only the user of the process can read it. A relative path is relative
    /// to the current directory.
    /// </param>
    /// <param name="configure">Configures the options; null keeps the defaults.</param>
    /// <returns>The same <paramref name="services"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> or <paramref name="folder"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="folder"/> is empty or not a path.</exception>
    public static IServiceCollection AddFileDataBackplane(this IServiceCollection services, string folder, Action<FileDataBackplaneOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var path = FileDataBackplane.Parse(folder, nameof(folder));
        services.AddDataBackplane();
        services.AddConfigurationOf<FileDataBackplaneOptions>(configuration => new FileDataBackplaneConfiguration(configuration));
        services.AddNamedOptions<FileDataBackplaneOptions, FileDataBackplaneOptionsValidator>(path, configure);
        return services.AddFolderDestination(path, provider => new FileDataBackplane(
            path,
            provider.GetRequiredService<IOptionsMonitor<FileDataBackplaneOptions>>().Get(path),
            provider.GetRequiredService<ILoggerFactory>(),
            provider.GetRequiredService<TimeProvider>()));
    }
}
