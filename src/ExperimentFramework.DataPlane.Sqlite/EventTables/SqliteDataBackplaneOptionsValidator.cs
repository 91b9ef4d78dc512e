using System.Globalization;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>Validates <see cref="SqliteDataBackplaneOptions"/> at startup.</summary>
internal sealed class SqliteDataBackplaneOptionsValidator : IValidateOptions<SqliteDataBackplaneOptions>
{
    private static readonly TimeSpan MinRetention = TimeSpan.FromHours(1);
    private static readonly TimeSpan MaxRetention = TimeSpan.FromDays(36_500);

    /// <summary>What is wrong with the options; null if nothing is.</summary>
    public static string? Problem(SqliteDataBackplaneOptions options) => options.Retention is { } retention && (retention < MinRetention || retention > MaxRetention)
        ? string.Create(
            CultureInfo.InvariantCulture,
            $"SqliteDataBackplaneOptions.{nameof(options.Retention)} is {retention}; it must be from 1 hour to {MaxRetention.TotalDays} days, or null.")
        : null;

    public ValidateOptionsResult Validate(string? name, SqliteDataBackplaneOptions options) =>
        Problem(options) is { } problem ? ValidateOptionsResult.Fail(problem) : ValidateOptionsResult.Success;
}
