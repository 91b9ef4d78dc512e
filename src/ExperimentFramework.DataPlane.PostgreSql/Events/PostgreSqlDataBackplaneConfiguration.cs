using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.PostgreSql;

/// <summary>Binds the section <c>DataPlane:PostgreSql</c> of the application's configuration, if there is one, to the options of every PostgreSQL destination.</summary>
internal sealed class PostgreSqlDataBackplaneConfiguration(IConfiguration? configuration = null) : IConfigureNamedOptions<PostgreSqlDataBackplaneOptions>
{
    private static readonly string[] Names =
    [
        nameof(PostgreSqlDataBackplaneOptions.ConnectionString),
        nameof(PostgreSqlDataBackplaneOptions.DataSourceKey),
        nameof(PostgreSqlDataBackplaneOptions.Schema),
        nameof(PostgreSqlDataBackplaneOptions.Migrate),
        nameof(PostgreSqlDataBackplaneOptions.Retention),
        nameof(PostgreSqlDataBackplaneOptions.PartitionsAhead),
    ];

    public void Configure(PostgreSqlDataBackplaneOptions options) => Configure(Options.DefaultName, options);

    public void Configure(string? name, PostgreSqlDataBackplaneOptions options)
    {
        if (ConfigurationKeyValidator.OfDestination(configuration, ConfigurationKeyValidator.PostgreSqlSection) is not { } section)
        {
            return;
        }

        ConfigurationKeyValidator.RequireValues(section, Names);
        DurationValidator.RequireUnambiguous(section.GetSection(nameof(options.Retention)));
        section.Bind(options);
    }
}
