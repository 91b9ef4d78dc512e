using ExperimentFramework.DataPlane;
using ExperimentFramework.DataPlane.Sqlite;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the store of assignments in an SQLite file.</summary>
public static class SqliteAssignmentStoreServiceCollectionExtensions
{
    /// <summary>
    /// Adds a store in an SQLite file, which <see cref="AssignmentPolicy.SubjectSticky"/> uses: assignments outlast the process, on
    /// one host. The file is opened, and created if it is missing, when the first experiment starts.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="databasePath">The path of the file; its folder must exist. Not a connection string, and not <c>:memory:</c>.</param>
    /// <param name="configure">Sets the options; null leaves them as they are. They are checked at start-up.</param>
    /// <returns><paramref name="services"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> or <paramref name="databasePath"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="databasePath"/> is not the path of a file.</exception>
    public static IServiceCollection AddSqliteAssignmentStore(
        this IServiceCollection services, string databasePath, Action<SqliteAssignmentStoreOptions>? configure = null)
    {
        var path = DatabasePath.Validate(databasePath, nameof(databasePath));

        // Named after the file, so that each of several stores has options of its own.
        var options = services.AddOptions<SqliteAssignmentStoreOptions>(path).ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SqliteAssignmentStoreOptions>, SqliteAssignmentStoreOptionsValidator>());
        return services.AddAssignmentStore(provider => new SqliteAssignmentStore(
            path,
            provider.GetRequiredService<IOptions<DataPlaneOptions>>().Value.StoreTimeout,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<IOptionsMonitor<SqliteAssignmentStoreOptions>>().Get(path).Retention,
            provider.GetRequiredService<ILoggerFactory>().CreateLogger(DataPlaneLogCategories.Assignment)));
    }
}
