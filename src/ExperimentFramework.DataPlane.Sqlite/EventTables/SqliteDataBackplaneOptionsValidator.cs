using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>Validates <see cref="SqliteDataBackplaneOptions"/> at startup. Each message names the option, its value and its range.</summary>
/// <param name="configuration">The configuration of the application, whose keys messages name; null if the options are not bound from one.</param>
internal sealed class SqliteDataBackplaneOptionsValidator(IConfiguration? configuration = null) : IValidateOptions<SqliteDataBackplaneOptions>
{
    public ValidateOptionsResult Validate(string? name, SqliteDataBackplaneOptions options)
    {
        var failures = new OptionFailures<SqliteDataBackplaneOptions>(ConfigurationKeyValidator.OfDestination(configuration, ConfigurationKeyValidator.SqliteSection));
        if (options.Retention is { } retention && !SqliteDataBackplaneOptionRanges.Retention.Contains(retention))
        {
            failures.Add(nameof(options.Retention), retention, $"is {retention}; it must be {SqliteDataBackplaneOptionRanges.Retention}, or null.");
        }

        return failures.Result;
    }
}
