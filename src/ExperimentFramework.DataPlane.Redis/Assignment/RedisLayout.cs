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

    public static RedisValue ValueOf(StoredAssignment assignment)
    {
        var variant = Uri.EscapeDataString(assignment.VariantKey);
        return assignment.AllocationVersion is { } version ? $"{variant}:{Uri.EscapeDataString(version)}" : variant;
    }

    /// <summary>Reads a value; null for none.</summary>
    /// <exception cref="FormatException">It was not written by this store.</exception>
    public static StoredAssignment? Read(RedisKey key, RedisValue value)
    {
        if (value.IsNull)
        {
            return null;
        }

        var text = (string)value!;
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var variant = Uri.UnescapeDataString(colon < 0 ? text : text[..colon]);
        return variant.Length == 0
            ? throw new FormatException($"Redis key '{key}' holds '{text}', which is no assignment: delete it, or give the store another KeyPrefix.")
            : new StoredAssignment(variant, colon < 0 ? null : Uri.UnescapeDataString(text[(colon + 1)..]));
    }
}
