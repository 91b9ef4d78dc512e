using System.Globalization;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>Validates <see cref="SqliteAssignmentStoreOptions"/> at startup.</summary>
internal sealed class SqliteAssignmentStoreOptionsValidator : IValidateOptions<SqliteAssignmentStoreOptions>
{
    public ValidateOptionsResult Validate(string? name, SqliteAssignmentStoreOptions options) =>
        options.Retention >= SqliteAssignmentStoreOptions.MinRetention && options.Retention <= SqliteAssignmentStoreOptions.MaxRetention
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(string.Create(
                CultureInfo.InvariantCulture,
                $"SqliteAssignmentStoreOptions.{nameof(options.Retention)} is {options.Retention}; it must be from 1 hour to {SqliteAssignmentStoreOptions.MaxRetention.TotalDays} days."));
}
