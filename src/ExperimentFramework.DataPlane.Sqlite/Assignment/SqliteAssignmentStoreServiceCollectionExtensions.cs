using ExperimentFramework.DataPlane;
using ExperimentFramework.DataPlane.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that register the SQLite assignment store.</summary>
public static class SqliteAssignmentStoreServiceCollectionExtensions
{
    /// <summary>
    /// Adds an assignment store in an SQLite file, for <see cref="AssignmentPolicy.SubjectSticky"/>: assignments survive the process, on
    /// one host. The file is opened, and created if it is missing, when the first experiment starts.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="databasePath">The path of the file. Its folder must exist. Connection strings and <c>:memory:</c> are not supported.</param>
    /// <param name="configure">Configures the options; null keeps the defaults. They are validated at startup.</param>
    /// <returns>The same <paramref name="services"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> or <paramref name="databasePath"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="databasePath"/> is not the path of a file.</exception>
    public static IServiceCollection AddSqliteAssignmentStore(
        this IServiceCollection services, string databasePath, Action<SqliteAssignmentStoreOptions>? configure = null)
    {
        var path = DatabasePath.Validate(databasePath, nameof(databasePath));

        services.AddNamedOptions<SqliteAssignmentStoreOptions, SqliteAssignmentStoreOptionsValidator>(path, configure);
        return services.AddAssignmentStore(provider => new SqliteAssignmentStore(
            path,
            provider.GetRequiredService<IOptions<DataPlaneOptions>>().Value.StoreTimeout,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<IOptionsMonitor<SqliteAssignmentStoreOptions>>().Get(path).Retention,
            provider.GetRequiredService<ILoggerFactory>().CreateLogger(DataPlaneLogCategories.Assignment)));
    }
}
