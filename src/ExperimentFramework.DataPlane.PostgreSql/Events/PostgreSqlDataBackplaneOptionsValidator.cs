using System.Globalization;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.PostgreSql;

/// <summary>Checks <see cref="PostgreSqlDataBackplaneOptions"/> at start-up. No message quotes the connection string, which may hold a password.</summary>
internal sealed class PostgreSqlDataBackplaneOptionsValidator : IValidateOptions<PostgreSqlDataBackplaneOptions>
{
    public ValidateOptionsResult Validate(string? name, PostgreSqlDataBackplaneOptions options) =>
        OptionFailures.Result([.. Errors(options)]);

    /// <summary>What is wrong with the options, one message per mistake.</summary>
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

        if (options.Retention < PostgreSqlDataBackplaneOptions.MinRetention || options.Retention > PostgreSqlDataBackplaneOptions.MaxRetention)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"PostgreSqlDataBackplaneOptions.{nameof(options.Retention)} is {options.Retention}; it must be from 1 to {PostgreSqlDataBackplaneOptions.MaxRetention.TotalDays} days, or null to keep events forever.");
        }

        if (!PostgreSqlDataBackplaneOptions.PartitionsAheadRange.Contains(options.PartitionsAhead))
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"PostgreSqlDataBackplaneOptions.{nameof(options.PartitionsAhead)} is {options.PartitionsAhead}; it must be {PostgreSqlDataBackplaneOptions.PartitionsAheadRange}.");
        }
    }
}
