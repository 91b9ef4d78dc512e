using ExperimentFramework.DataPlane;
using ExperimentFramework.DataPlane.Parquet;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that register destinations that write Parquet files.</summary>
public static class ParquetDataBackplaneServiceCollectionExtensions
{
    /// <summary>
    /// Adds a destination that writes events to Parquet files in a folder. If an <c>IConfiguration</c> is registered, its section <c>DataPlane:Parquet</c> is bound first; options
    /// set here take precedence over it. A second call with the same folder adds no second destination; one with another folder does. The host does not start if that folder is inside
    /// the folder of another destination. The host also does not start if
    /// the native library of ParquetSharp cannot be loaded, for example on Alpine Linux.
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
    public static IServiceCollection AddParquetDataBackplane(this IServiceCollection services, string folder, Action<ParquetDataBackplaneOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var path = FileDataBackplane.Parse(folder, nameof(folder));
        services.AddDataBackplane();
        services.AddConfigurationOf<ParquetDataBackplaneOptions>(configuration => new ParquetDataBackplaneConfiguration(configuration));
        services.AddNamedOptions<ParquetDataBackplaneOptions, ParquetDataBackplaneOptionsValidator>(path, configure);
        return services.AddFolderDestination(path, provider => new ParquetDataBackplane(
            path,
            provider.GetRequiredService<IOptionsMonitor<ParquetDataBackplaneOptions>>().Get(path),
            provider.GetRequiredService<ILoggerFactory>(),
            provider.GetRequiredService<TimeProvider>()));
    }
}
