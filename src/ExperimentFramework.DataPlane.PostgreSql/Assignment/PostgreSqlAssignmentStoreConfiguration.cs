using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.PostgreSql;

/// <summary>Binds the section <c>DataPlane:PostgreSqlAssignmentStore</c> of the application's configuration, if there is one, to the options of every PostgreSQL assignment store.</summary>
internal sealed class PostgreSqlAssignmentStoreConfiguration(IConfiguration? configuration = null) : IConfigureNamedOptions<PostgreSqlAssignmentStoreOptions>
{
    private static readonly string[] Names =
    [
        nameof(PostgreSqlAssignmentStoreOptions.ConnectionString),
        nameof(PostgreSqlAssignmentStoreOptions.DataSourceKey),
        nameof(PostgreSqlAssignmentStoreOptions.Schema),
        nameof(PostgreSqlAssignmentStoreOptions.Migrate),
        nameof(PostgreSqlAssignmentStoreOptions.Retention),
    ];

    public void Configure(PostgreSqlAssignmentStoreOptions options) => Configure(Options.DefaultName, options);

    public void Configure(string? name, PostgreSqlAssignmentStoreOptions options)
    {
        if (ConfigurationKeyValidator.OfDestination(configuration, ConfigurationKeyValidator.PostgreSqlAssignmentStoreSection) is not { } section)
        {
            return;
        }

        ConfigurationKeyValidator.RequireValues(section, Names);
        DurationValidator.RequireUnambiguous(section.GetSection(nameof(options.Retention)));
        section.Bind(options);
    }
}
