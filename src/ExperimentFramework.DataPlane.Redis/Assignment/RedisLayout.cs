using StackExchange.Redis;

namespace ExperimentFramework.DataPlane.Redis;

/// <summary>
/// The layout of assignments in Redis: a string with the key <c>{prefix}{experiment}:{tenant}:{subject type}:{subject id}</c> and the value
/// <c>{variant}</c> or <c>{variant}:{allocation version}</c>. Every part is percent-encoded (RFC 3986, section 2.1), so a colon is always
/// a separator; absent parts are empty.
/// </summary>
internal static class RedisLayout
{
    public static RedisKey KeyOf(string prefix, in AssignmentKey key) =>
        $"{prefix}{Uri.EscapeDataString(key.ExperimentName)}:{Uri.EscapeDataString(key.TenantId ?? "")}:{Uri.EscapeDataString(key.SubjectType ?? "")}:{Uri.EscapeDataString(key.SubjectId)}";

    /// <summary>
    /// Returns the pattern of the subject's keys in all experiments. It also matches keys that begin with the prefix but have more parts, because <c>*</c> matches colons, too:
    /// <see cref="HasAllParts"/> distinguishes them.
    /// </summary>
    public static RedisValue PatternOf(string prefix, string subjectId, string? subjectType, string? tenantId) =>
        $"{Literal(prefix)}*:{Uri.EscapeDataString(tenantId ?? "")}:{Uri.EscapeDataString(subjectType ?? "")}:{Uri.EscapeDataString(subjectId)}";

    /// <summary>Whether a key that begins with the prefix has the parts of an assignment's key. The key of a store whose prefix continues this one after a colon has more.</summary>
    public static bool HasAllParts(string prefix, RedisKey key) => ((string)key!).AsSpan(prefix.Length).Count(':') == 3;

    public static RedisValue ValueOf(StoredAssignment assignment)
    {
        var variant = Uri.EscapeDataString(assignment.VariantKey);
        return assignment.AllocationVersion is { } version ? $"{variant}:{Uri.EscapeDataString(version)}" : variant;
    }

    /// <summary>Parses a value; null if there is none.</summary>
    /// <exception cref="FormatException">The value was not written by this store.</exception>
    public static StoredAssignment? Read(string prefix, in AssignmentKey key, RedisValue value)
    {
        if (value.IsNull)
        {
            return null;
        }

        var text = (string)value!;
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var variant = Uri.UnescapeDataString(colon < 0 ? text : text[..colon]);
        if (variant.Length == 0)
        {
            throw NotAnAssignment(prefix, key.ExperimentName);
        }

        // Text that this store would have encoded differently is another program's: as a variant, it would be published and replaced.
        var assignment = new StoredAssignment(variant, colon < 0 ? null : Uri.UnescapeDataString(text[(colon + 1)..]));
        return ValueOf(assignment) == text ? assignment : throw NotAnAssignment(prefix, key.ExperimentName);
    }

    /// <summary>
    /// Creates the exception for a value that is not an assignment. Its message contains neither the key, which includes the subject's id, nor the value,
    /// which was written by another program.
    /// </summary>
    private static FormatException NotAnAssignment(string prefix, string experimentName) => new(
        $"A Redis key that starts with '{prefix}{Uri.EscapeDataString(experimentName)}:' contains a value that is not an assignment. Delete the keys that do not belong there, or use another KeyPrefix.");

    /// <summary>Escapes the special characters of Redis patterns.</summary>
    private static string Literal(string text) => string.Concat(text.Select(c => c is '*' or '?' or '[' or ']' or '\\' ? $"\\{c}" : $"{c}"));
}
