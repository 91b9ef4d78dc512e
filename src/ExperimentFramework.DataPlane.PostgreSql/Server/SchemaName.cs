using System.Text.RegularExpressions;

namespace ExperimentFramework.DataPlane.PostgreSql;

/// <summary>The name of the schema that holds the data plane's tables.</summary>
internal static partial class SchemaName
{
    public const string Default = "dataplane";

    /// <summary>Returns what is wrong with a name, as the rest of a sentence that begins with "Schema"; null if it can be used.</summary>
    public static string? Error(string? name) =>
        name is not null && Allowed().IsMatch(name) && !name.StartsWith("pg_", StringComparison.Ordinal) ? null
        : $"is '{name}'; it must be 1 to 63 lower-case letters, digits and underscores, beginning with a letter or an underscore and not with pg_.";

    /// <summary>Replaces the placeholder <c>{schema}</c> with the quoted name, which cannot break out of the quotes: <see cref="Error"/> allows none.</summary>
    public static string Apply(string sql, string schema) => sql.Replace("{schema}", $"\"{schema}\"", StringComparison.Ordinal);

    [GeneratedRegex(@"\A[a-z_][a-z0-9_]{0,62}\z")]
    private static partial Regex Allowed();
}
