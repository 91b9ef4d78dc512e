using ExperimentFramework.DataPlane;
using ExperimentFramework.DataPlane.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that register the SQLite destination.</summary>
public static class SqliteDataBackplaneServiceCollectionExtensions
{
    /// <summary>
    /// Adds a destination that stores events in the tables of an SQLite file, which can be queried with SQL immediately and without a server. The file is opened, and created if it is
    /// missing, when the host starts. If an <c>IConfiguration</c> is registered, its section <c>DataPlane:Sqlite</c> is bound first; options set here take precedence over it. Calling this again for the same file adds no second destination.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="path">The path of the file. Its folder must exist. Connection strings and <c>:memory:</c> are not supported.</param>
    /// <param name="configure">Configures the options; null keeps the defaults. They are validated at startup.</param>
    /// <returns><paramref name="services"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> or <paramref name="path"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="path"/> is not the path of a file.</exception>
    public static IServiceCollection AddSqliteDataBackplane(
        this IServiceCollection services, string path, Action<SqliteDataBackplaneOptions>? configure = null)
    {
        var file = DatabasePath.Validate(path, nameof(path));
        services.AddDataBackplane();
        services.AddConfigurationOf<SqliteDataBackplaneOptions>(configuration => new SqliteDataBackplaneConfiguration(configuration));
        services.AddNamedOptions<SqliteDataBackplaneOptions, SqliteDataBackplaneOptionsValidator>(file, configure);
        return services.AddStorageDestination(file, provider => new SqliteDataBackplane(
            file,
            provider.GetRequiredService<IOptionsMonitor<SqliteDataBackplaneOptions>>().Get(file),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>().CreateLogger(DataPlaneLogCategories.Delivery)));
    }
}
