using System.Collections.Frozen;

namespace ExperimentFramework.DataPlane;

/// <summary>The values that the variants of an experiment declare, and what the configuration sets them to.</summary>
/// <param name="values">The values.</param>
/// <param name="variantKeys">The keys of the variants, by <see cref="Variant.Id"/>.</param>
internal sealed class DeclaredValues(IReadOnlyList<DeclaredValue> values, IReadOnlyList<string> variantKeys)
{
    /// <summary>Returns the values of each variant, by <see cref="Variant.Id"/>.</summary>
    /// <param name="configured">Valid values that take precedence, by variant key and value name; null for none.</param>
    public IReadOnlyDictionary<string, object>[] Under(IDictionary<string, IDictionary<string, string>>? configured) =>
        [.. variantKeys.Select(key => values.ToFrozenDictionary(
            value => value.Name,
            value => (Configured(configured, key, value.Name) is { } text ? value.Parse(text) : null) ?? value.Of(key)!,
            StringComparer.OrdinalIgnoreCase))];

    /// <summary>Returns what is wrong with configured values; each error is a predicate that follows the name of the experiment's entry.</summary>
    public IEnumerable<string> Errors(IDictionary<string, IDictionary<string, string>> configured)
    {
        foreach (var (key, texts) in configured)
        {
            if (!variantKeys.Contains(key, StringComparer.OrdinalIgnoreCase))
            {
                yield return $":{key} sets values of variant '{key}', which does not exist. Use one of: {string.Join(", ", variantKeys)}.";
                continue;
            }

            foreach (var (name, text) in texts)
            {
                if (values.FirstOrDefault(value => value.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is not { } value)
                {
                    yield return $":{key}:{name} sets value '{name}', which the experiment does not declare. Use one of: {string.Join(", ", values.Select(known => known.Name))}; or declare it with AddValue.";
                }
                else if (text is not null && value.Parse(text) is null)
                {
                    yield return $":{key}:{name} is '{text}'; it must be a {value.Type.Name} in the invariant culture, such as '{value.Of(key)}'.";
                }
            }
        }
    }

    private static string? Configured(IDictionary<string, IDictionary<string, string>>? configured, string variantKey, string name)
    {
        // The binder creates dictionaries that compare case-sensitively, but configuration keys do not.
        var texts = configured?.FirstOrDefault(variant => variant.Key.Equals(variantKey, StringComparison.OrdinalIgnoreCase)).Value;
        return texts?.FirstOrDefault(value => value.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
    }
}
