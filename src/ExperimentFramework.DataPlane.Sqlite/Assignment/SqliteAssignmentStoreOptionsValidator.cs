using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>Validates <see cref="SqliteAssignmentStoreOptions"/> at startup.</summary>
internal sealed class SqliteAssignmentStoreOptionsValidator : IValidateOptions<SqliteAssignmentStoreOptions>
{
    public ValidateOptionsResult Validate(string? name, SqliteAssignmentStoreOptions options) =>
        SqliteAssignmentStoreOptionRanges.Retention.Contains(options.Retention)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                $"SqliteAssignmentStoreOptions.{nameof(options.Retention)} is {options.Retention}; it must be {SqliteAssignmentStoreOptionRanges.Retention}.");
}
