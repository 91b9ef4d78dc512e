using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>Binds the section <c>DataPlane:Sqlite</c> of the application's configuration, if there is one, to the options of every SQLite destination.</summary>
internal sealed class SqliteDataBackplaneConfiguration(IConfiguration? configuration = null) : IConfigureNamedOptions<SqliteDataBackplaneOptions>
{
    private static readonly string[] Names = [nameof(SqliteDataBackplaneOptions.Retention), nameof(SqliteDataBackplaneOptions.IndexSubjects)];

    public void Configure(SqliteDataBackplaneOptions options) => Configure(Options.DefaultName, options);

    public void Configure(string? name, SqliteDataBackplaneOptions options)
    {
        if (ConfigurationKeyValidator.OfDestination(configuration, ConfigurationKeyValidator.SqliteSection) is not { } section)
        {
            return;
        }

        ConfigurationKeyValidator.RequireValues(section, Names);
        DurationValidator.RequireUnambiguous(section.GetSection(nameof(options.Retention)));
        section.Bind(options);
    }
}
