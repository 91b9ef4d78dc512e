using System.Globalization;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.PostgreSql;

/// <summary>Checks <see cref="PostgreSqlOutboxOptions"/> at start-up. No message quotes the connection string, which may hold a password.</summary>
internal sealed class PostgreSqlOutboxOptionsValidator : IValidateOptions<PostgreSqlOutboxOptions>
{
    public ValidateOptionsResult Validate(string? name, PostgreSqlOutboxOptions options) =>
        OptionFailures.Result([.. Errors(options)]);

    /// <summary>Returns the errors in the options, one message per mistake.</summary>
    public static IEnumerable<string> Errors(PostgreSqlOutboxOptions options)
    {
        if (!string.IsNullOrEmpty(options.ConnectionString) && ConnectionStrings.Error(options.ConnectionString) is { } connection)
        {
            yield return $"PostgreSqlOutboxOptions.{nameof(options.ConnectionString)} {connection}";
        }

        if (SchemaName.Error(options.Schema) is { } schema)
        {
            yield return $"PostgreSqlOutboxOptions.{nameof(options.Schema)} {schema}";
        }

        if (options.Application is { } application && !IsName(application))
        {
            yield return $"PostgreSqlOutboxOptions.{nameof(options.Application)} is '{application}'; it must be 1 to {PostgreSqlOutboxOptions.MaxApplicationLength} characters without control characters, or null for the application's name in the host's environment.";
        }

        if (!PostgreSqlOutboxOptionRanges.MaxBytes.Contains(options.MaxBytes))
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"PostgreSqlOutboxOptions.{nameof(options.MaxBytes)} is {options.MaxBytes}; it must be {PostgreSqlOutboxOptionRanges.MaxBytes}.");
        }

        if (!PostgreSqlOutboxOptionRanges.MaxAge.Contains(options.MaxAge))
        {
            yield return $"PostgreSqlOutboxOptions.{nameof(options.MaxAge)} is {options.MaxAge}; it must be {PostgreSqlOutboxOptionRanges.MaxAge}.";
        }
    }

    private static bool IsName(string name) =>
        !string.IsNullOrWhiteSpace(name) && name.Length <= PostgreSqlOutboxOptions.MaxApplicationLength && !name.Any(char.IsControl) && !name.Any(char.IsSurrogate);
}
