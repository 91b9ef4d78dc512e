using System.Globalization;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>Validates <see cref="SqliteOutboxOptions"/> at startup.</summary>
internal sealed class SqliteOutboxOptionsValidator : IValidateOptions<SqliteOutboxOptions>
{
    private const long MinBytes = 4_096;
    private const long MaxBytes = 1L << 40;
    private const int MaxDays = 365;

    public ValidateOptionsResult Validate(string? name, SqliteOutboxOptions options)
    {
        var failures = new List<string>();
        if (options.MaxBytes is < MinBytes or > MaxBytes)
        {
            failures.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"SqliteOutboxOptions.{nameof(options.MaxBytes)} is {options.MaxBytes}; it must be from {MinBytes} to {MaxBytes}."));
        }

        if (options.MaxAge <= TimeSpan.Zero || options.MaxAge > TimeSpan.FromDays(MaxDays))
        {
            failures.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"SqliteOutboxOptions.{nameof(options.MaxAge)} is {options.MaxAge}; it must be more than 0 and at most {MaxDays} days."));
        }

        return OptionFailures.Result(failures);
    }
}
