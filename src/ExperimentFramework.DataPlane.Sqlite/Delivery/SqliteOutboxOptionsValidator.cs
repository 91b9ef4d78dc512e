using System.Globalization;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>Validates <see cref="SqliteOutboxOptions"/> at startup.</summary>
internal sealed class SqliteOutboxOptionsValidator : IValidateOptions<SqliteOutboxOptions>
{
    public ValidateOptionsResult Validate(string? name, SqliteOutboxOptions options)
    {
        var failures = new List<string>();
        if (!SqliteOutboxOptionRanges.MaxBytes.Contains(options.MaxBytes))
        {
            failures.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"SqliteOutboxOptions.{nameof(options.MaxBytes)} is {options.MaxBytes}; it must be {SqliteOutboxOptionRanges.MaxBytes}."));
        }

        if (!SqliteOutboxOptionRanges.MaxAge.Contains(options.MaxAge))
        {
            failures.Add($"SqliteOutboxOptions.{nameof(options.MaxAge)} is {options.MaxAge}; it must be {SqliteOutboxOptionRanges.MaxAge}.");
        }

        return OptionFailures.Result(failures);
    }
}
