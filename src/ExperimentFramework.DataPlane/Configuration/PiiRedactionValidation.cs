namespace ExperimentFramework.DataPlane;

/// <summary>Checks <see cref="PiiRedactionOptions"/>. No message quotes a key.</summary>
internal static class PiiRedactionValidation
{
    /// <summary>Without these an event says nothing any more.</summary>
    private static readonly string[] NeverRedacted =
        ["eventId", "eventType", "schemaVersion", "experimentName", "variantKey", "assignedVariantKey", "samplingRate"];

    /// <summary>What is wrong, one message per fault.</summary>
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
                yield return $"{name} is {(int)mode}; it has to be one of {string.Join(", ", Enum.GetNames<RedactionMode>())}.";
            }
        }

        foreach (var (list, name) in options.Fields.Keys.Select(name => (nameof(options.Fields), name))
            .Concat(options.RedactFields.Select(name => (nameof(options.RedactFields), name))))
        {
            if (name is null || NameRules.Validate(name) is not null)
            {
                yield return $"{list} holds the field name '{name}', which {(name is null ? "is null" : NameRules.Validate(name))}.";
            }
            else if (NeverRedacted.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                yield return $"{list} holds '{name}', without which an event says nothing: take it out.";
            }
        }

        foreach (var name in options.RedactFields.Where(name => name is not null
            && options.Fields.TryGetValue(name, out var mode)
            && mode != RedactionMode.Placeholder))
        {
            yield return $"{nameof(options.RedactFields)} and {nameof(options.Fields)} say different things of '{name}': keep one.";
        }

        foreach (var (field, own) in new[] { ("subjectId", options.SubjectId), ("tenantId", options.TenantId) })
        {
            if (own != RedactionMode.None && (options.Fields.Keys.Concat(options.RedactFields)).Contains(field, StringComparer.OrdinalIgnoreCase))
            {
                yield return $"'{field}' has a rule of its own and one among the fields: keep one.";
            }
        }

        if (string.IsNullOrEmpty(options.Placeholder))
        {
            yield return $"{nameof(options.Placeholder)} is empty; use {nameof(RedactionMode.Omit)} to leave a field out.";
        }

        if (string.IsNullOrWhiteSpace(options.PseudonymKeyId))
        {
            yield return $"{nameof(options.PseudonymKeyId)} is empty; events name the key by it.";
        }

        if (options.PseudonymKey is { } key && KeyError(key) is { } fault)
        {
            yield return $"{nameof(options.PseudonymKey)} {fault}";
        }
    }

    private static string? KeyError(string key)
    {
        var bytes = new byte[key.Length];
        return !Convert.TryFromBase64String(key, bytes, out var length) ? $"is not Base64; it has to be at least {PseudonymKey.MinimumLength} random bytes in Base64."
            : length < PseudonymKey.MinimumLength ? $"has {length} bytes; it has to have at least {PseudonymKey.MinimumLength}."
            : null;
    }
}
