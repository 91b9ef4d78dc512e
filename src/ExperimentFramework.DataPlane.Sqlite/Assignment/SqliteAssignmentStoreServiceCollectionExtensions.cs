using ExperimentFramework.DataPlane;
using ExperimentFramework.DataPlane.Sqlite;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the store of assignments in an SQLite file.</summary>
public static class SqliteAssignmentStoreServiceCollectionExtensions
{
    /// <summary>
    /// Adds a store in an SQLite file, which <see cref="AssignmentPolicy.SubjectSticky"/> uses: assignments outlast the process, on
    /// one host. The file is opened, and made where it is missing, when the first experiment starts.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="databasePath">The file's path; its folder has to exist.</param>
    /// <returns><paramref name="services"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="databasePath"/> is null or empty.</exception>
    public static IServiceCollection AddSqliteAssignmentStore(this IServiceCollection services, string databasePath)
    {
        ArgumentException.ThrowIfNullOrEmpty(databasePath);
        return services.AddAssignmentStore(provider => new SqliteAssignmentStore(
            databasePath, provider.GetRequiredService<IOptions<DataPlaneOptions>>().Value.StoreTimeout, provider.GetRequiredService<TimeProvider>()));
    }
}
