using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.PostgreSql;

/// <summary>Checks <see cref="PostgreSqlAssignmentStoreOptions"/> at start-up. No message quotes the connection string, which may hold a password.</summary>
internal sealed class PostgreSqlAssignmentStoreOptionsValidator : IValidateOptions<PostgreSqlAssignmentStoreOptions>
{
    public ValidateOptionsResult Validate(string? name, PostgreSqlAssignmentStoreOptions options) =>
        OptionFailures.Result([.. Errors(options)]);

    /// <summary>Returns the errors in the options, one message per mistake.</summary>
    public static IEnumerable<string> Errors(PostgreSqlAssignmentStoreOptions options)
    {
        if (!string.IsNullOrEmpty(options.ConnectionString) && ConnectionStrings.Error(options.ConnectionString) is { } connection)
        {
            yield return $"PostgreSqlAssignmentStoreOptions.{nameof(options.ConnectionString)} {connection}";
        }

        if (SchemaName.Error(options.Schema) is { } schema)
        {
            yield return $"PostgreSqlAssignmentStoreOptions.{nameof(options.Schema)} {schema}";
        }

        if (!PostgreSqlAssignmentStoreOptionRanges.Retention.Contains(options.Retention))
        {
            yield return $"PostgreSqlAssignmentStoreOptions.{nameof(options.Retention)} is {options.Retention}; it must be {PostgreSqlAssignmentStoreOptionRanges.Retention}.";
        }
    }
}
