using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.PostgreSql;

/// <summary>Binds the section <c>DataPlane:PostgreSqlOutbox</c> of the application's configuration, if there is one, to the options of the PostgreSQL outbox.</summary>
internal sealed class PostgreSqlOutboxConfiguration(IConfiguration? configuration = null) : IConfigureOptions<PostgreSqlOutboxOptions>
{
    private static readonly string[] Names =
    [
        nameof(PostgreSqlOutboxOptions.ConnectionString),
        nameof(PostgreSqlOutboxOptions.DataSourceKey),
        nameof(PostgreSqlOutboxOptions.Schema),
        nameof(PostgreSqlOutboxOptions.Migrate),
        nameof(PostgreSqlOutboxOptions.Application),
        nameof(PostgreSqlOutboxOptions.MaxBytes),
        nameof(PostgreSqlOutboxOptions.MaxAge),
    ];

    public void Configure(PostgreSqlOutboxOptions options)
    {
        if (ConfigurationKeyValidator.OfDestination(configuration, ConfigurationKeyValidator.PostgreSqlOutboxSection) is not { } section)
        {
            return;
        }

        ConfigurationKeyValidator.RequireValues(section, Names);
        ByteCountValidator.Require(section.GetSection(nameof(options.MaxBytes)));
        DurationValidator.RequireUnambiguous(section.GetSection(nameof(options.MaxAge)));
        section.Bind(options);
    }
}
