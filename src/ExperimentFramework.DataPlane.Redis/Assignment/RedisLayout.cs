using StackExchange.Redis;

namespace ExperimentFramework.DataPlane.Redis;

/// <summary>
/// How an assignment stands in Redis: a string under <c>{prefix}{experiment}:{tenant}:{subject type}:{subject id}</c>, whose value is
/// <c>{variant}</c> or <c>{variant}:{allocation version}</c>. Every part is percent-encoded (RFC 3986, section 2.1), so a colon always
/// separates; what is not there is empty.
/// </summary>
internal static class RedisLayout
{
    public static RedisKey KeyOf(string prefix, in AssignmentKey key) =>
        $"{prefix}{Uri.EscapeDataString(key.ExperimentName)}:{Uri.EscapeDataString(key.TenantId ?? "")}:{Uri.EscapeDataString(key.SubjectType ?? "")}:{Uri.EscapeDataString(key.SubjectId)}";

    /// <summary>Matches the subject's keys in all experiments, and no others: no part of a key has a colon in it.</summary>
    public static RedisValue PatternOf(string prefix, string subjectId, string? subjectType, string? tenantId) =>
        $"{Literal(prefix)}*:{Uri.EscapeDataString(tenantId ?? "")}:{Uri.EscapeDataString(subjectType ?? "")}:{Uri.EscapeDataString(subjectId)}";

    public static RedisValue ValueOf(StoredAssignment assignment)
    {
        var variant = Uri.EscapeDataString(assignment.VariantKey);
        return assignment.AllocationVersion is { } version ? $"{variant}:{Uri.EscapeDataString(version)}" : variant;
    }

    /// <summary>Reads a value; null for none.</summary>
    /// <exception cref="FormatException">It was not written by this store.</exception>
    public static StoredAssignment? Read(string prefix, in AssignmentKey key, RedisValue value)
    {
        if (value.IsNull)
        {
            return null;
        }

        var text = (string)value!;
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var variant = Uri.UnescapeDataString(colon < 0 ? text : text[..colon]);
        return variant.Length == 0
            ? throw NoAssignment(prefix, key.ExperimentName)
            : new StoredAssignment(variant, colon < 0 ? null : Uri.UnescapeDataString(text[(colon + 1)..]));
    }

    /// <summary>Neither the key nor the value is in the message: the key holds the subject's id, and the value is somebody else's.</summary>
    private static FormatException NoAssignment(string prefix, string experimentName) => new(
        $"A Redis key that begins with '{prefix}{Uri.EscapeDataString(experimentName)}:' holds something else than an assignment: delete what does not belong there, or give the store another KeyPrefix.");

    /// <summary>Escapes what has a meaning in a pattern of Redis.</summary>
    private static string Literal(string text) => string.Concat(text.Select(c => c is '*' or '?' or '[' or ']' or '\\' ? $"\\{c}" : $"{c}"));
}
