using System.Globalization;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.PostgreSql;

/// <summary>Checks <see cref="PostgreSqlDataBackplaneOptions"/> at start-up. No message quotes the connection string, which may hold a password.</summary>
internal sealed class PostgreSqlDataBackplaneOptionsValidator : IValidateOptions<PostgreSqlDataBackplaneOptions>
{
    public ValidateOptionsResult Validate(string? name, PostgreSqlDataBackplaneOptions options) =>
        OptionFailures.Result([.. Errors(options)]);

    /// <summary>Returns the errors in the options, one message per mistake.</summary>
    public static IEnumerable<string> Errors(PostgreSqlDataBackplaneOptions options)
    {
        if (!string.IsNullOrEmpty(options.ConnectionString) && ConnectionStrings.Error(options.ConnectionString) is { } connection)
        {
            yield return $"PostgreSqlDataBackplaneOptions.{nameof(options.ConnectionString)} {connection}";
        }

        if (SchemaName.Error(options.Schema) is { } schema)
        {
            yield return $"PostgreSqlDataBackplaneOptions.{nameof(options.Schema)} {schema}";
        }

        if (options.Retention is { } retention && !PostgreSqlDataBackplaneOptionRanges.Retention.Contains(retention))
        {
            yield return $"PostgreSqlDataBackplaneOptions.{nameof(options.Retention)} is {retention}; it must be {PostgreSqlDataBackplaneOptionRanges.Retention}, or null to keep events forever.";
        }

        if (!PostgreSqlDataBackplaneOptionRanges.PartitionsAhead.Contains(options.PartitionsAhead))
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"PostgreSqlDataBackplaneOptions.{nameof(options.PartitionsAhead)} is {options.PartitionsAhead}; it must be {PostgreSqlDataBackplaneOptionRanges.PartitionsAhead}.");
        }
    }
}
