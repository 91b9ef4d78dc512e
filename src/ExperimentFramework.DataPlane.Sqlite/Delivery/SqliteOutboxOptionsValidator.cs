using System.Globalization;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>Checks <see cref="SqliteOutboxOptions"/> at start-up.</summary>
internal sealed class SqliteOutboxOptionsValidator : IValidateOptions<SqliteOutboxOptions>
{
    private const long LeastBytes = 4_096;
    private const long MostBytes = 1L << 40;
    private const int MostDays = 365;

    public ValidateOptionsResult Validate(string? name, SqliteOutboxOptions options)
    {
        var failures = new List<string>();
        if (options.MaxBytes is < LeastBytes or > MostBytes)
        {
            failures.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"SqliteOutboxOptions.{nameof(options.MaxBytes)} is {options.MaxBytes}; it has to be from {LeastBytes} to {MostBytes}."));
        }

        if (options.MaxAge <= TimeSpan.Zero || options.MaxAge > TimeSpan.FromDays(MostDays))
        {
            failures.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"SqliteOutboxOptions.{nameof(options.MaxAge)} is {options.MaxAge}; it has to be more than 0 and at most {MostDays} days."));
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
