using System.Collections.Frozen;
using System.Globalization;

namespace ExperimentFramework.DataPlane;

/// <summary>The values that the variants of an experiment declare, and what the configuration sets them to.</summary>
/// <param name="values">The values.</param>
/// <param name="variantKeys">The keys of the variants, by <see cref="Variant.Id"/>.</param>
internal sealed class DeclaredValues(IReadOnlyList<DeclaredValue> values, IReadOnlyList<string> variantKeys)
{
    /// <summary>Returns the values of each variant, by <see cref="Variant.Id"/>.</summary>
    /// <param name="configured">Valid values that take precedence, by variant key and value name; null for none.</param>
    /// <exception cref="FormatException">A value is not valid, although it was when it was validated.</exception>
    public IReadOnlyDictionary<string, object>[] Under(IDictionary<string, IDictionary<string, string>>? configured) =>
        [.. variantKeys.Select(key => values.ToFrozenDictionary(
            value => value.Name,
            value => Configured(configured, key, value.Name) is { } text
                ? value.Parse(text) ?? throw new FormatException($"Value '{value.Name}' of variant '{key}' is '{text}', which is not of type {value.TypeName}.")
                : value.Of(key)!,
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
                else if (text is not null && ParseError(value, text) is { } error)
                {
                    yield return string.Create(CultureInfo.InvariantCulture, $":{key}:{name} is '{text}'; {error}. Use a value such as '{value.Of(key)}'.");
                }
            }
        }
    }

    private static string? ParseError(DeclaredValue value, string text)
    {
        try
        {
            return value.Parse(text) is null ? $"it must be of type {value.TypeName}, in the invariant culture" : null;
        }
        catch (Exception exception)
        {
            return $"TryParse of {value.TypeName} threw {exception.GetType().Name}, and must return false instead";
        }
    }

    private static string? Configured(IDictionary<string, IDictionary<string, string>>? configured, string variantKey, string name)
    {
        // The binder creates dictionaries that compare case-sensitively, but configuration keys do not.
        var texts = configured?.FirstOrDefault(variant => variant.Key.Equals(variantKey, StringComparison.OrdinalIgnoreCase)).Value;
        return texts?.FirstOrDefault(value => value.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
    }
}
