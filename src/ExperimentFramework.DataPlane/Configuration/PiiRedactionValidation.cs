namespace ExperimentFramework.DataPlane;

/// <summary>Validates <see cref="PiiRedactionOptions"/>. No message quotes a pseudonym key.</summary>
internal static class PiiRedactionValidation
{
    /// <summary>Fields without which an event is meaningless.</summary>
    private static readonly string[] NeverRedacted =
        ["eventId", "eventType", "schemaVersion", "experimentName", "variantKey", "assignedVariantKey", "samplingRate"];

    /// <summary>Returns the errors, one message for each.</summary>
    public static IEnumerable<string> Errors(PiiRedactionOptions options)
    {
        foreach (var (name, mode) in new[]
        {
            (nameof(options.SubjectId), options.SubjectId),
            (nameof(options.TenantId), options.TenantId),
            (nameof(options.PersonalAttributes), options.PersonalAttributes),
        }.Concat(options.Fields.Select(field => ($"{nameof(options.Fields)}:{field.Key}", field.Value))))
        {
            if (!Enum.IsDefined(mode))
            {
                yield return $"{name} is {(int)mode}; it must be one of {string.Join(", ", Enum.GetNames<RedactionMode>())}.";
            }
        }

        foreach (var (list, name) in options.Fields.Keys.Select(name => (nameof(options.Fields), name))
            .Concat(options.RedactFields.Select(name => (nameof(options.RedactFields), name))))
        {
            if (name is null || NameRules.Validate(name) is not null)
            {
                yield return $"{list} contains the field name '{name}', which {(name is null ? "is null" : NameRules.Validate(name))}. Correct the name, or remove it.";
            }
            else if (NeverRedacted.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                yield return $"{list} contains '{name}', without which an event is meaningless. Remove it.";
            }
        }

        foreach (var name in options.RedactFields.Where(name => name is not null
            && options.Fields.TryGetValue(name, out var mode)
            && mode != RedactionMode.Placeholder))
        {
            yield return $"{nameof(options.RedactFields)} and {nameof(options.Fields)} have different rules for '{name}'. Keep one.";
        }

        if (options.RedactFields.Contains(RedactionRules.IdempotencyKeyField, StringComparer.OrdinalIgnoreCase)
            || options.Fields.Any(field => string.Equals(field.Key, RedactionRules.IdempotencyKeyField, StringComparison.OrdinalIgnoreCase) && field.Value == RedactionMode.Placeholder))
        {
            yield return $"'{RedactionRules.IdempotencyKeyField}' is replaced with the placeholder, so that all metrics would have the same key and be counted as one. Set {nameof(options.Fields)} to {nameof(RedactionMode.Pseudonym)}, or to {nameof(RedactionMode.Omit)} if no metric is ever recorded twice.";
        }

        foreach (var (field, own) in new[] { ("subjectId", options.SubjectId), ("tenantId", options.TenantId) })
        {
            if (own != RedactionMode.None && (options.Fields.Keys.Concat(options.RedactFields)).Contains(field, StringComparer.OrdinalIgnoreCase))
            {
                yield return $"'{field}' has both an option of its own and a rule among the fields. Keep one.";
            }
        }

        if (string.IsNullOrEmpty(options.Placeholder))
        {
            yield return $"{nameof(options.Placeholder)} is empty. Use {nameof(RedactionMode.Omit)} to leave a field out.";
        }

        if (string.IsNullOrWhiteSpace(options.PseudonymKeyId))
        {
            yield return $"{nameof(options.PseudonymKeyId)} is empty. Set it, because events identify the key by it.";
        }

        if (options.PseudonymKey is { } key && KeyError(key) is { } error)
        {
            yield return $"{nameof(options.PseudonymKey)} {error}";
        }
    }

    private static string? KeyError(string key)
    {
        var bytes = new byte[key.Length];
        return !Convert.TryFromBase64String(key, bytes, out var length) ? $"is not Base64; it must be at least {PseudonymKey.MinimumLength} random bytes in Base64."
            : length < PseudonymKey.MinimumLength ? $"has {length} bytes; it must have at least {PseudonymKey.MinimumLength}."
            : null;
    }
}
