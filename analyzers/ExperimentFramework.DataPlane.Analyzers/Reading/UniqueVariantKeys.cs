namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Allocates new keys for variants whose key is invalid.</summary>
internal sealed class UniqueVariantKeys(IEnumerable<string> existing)
{
    private const int MaxStem = 240;

    private readonly HashSet<string> _taken = new(existing, StringComparer.OrdinalIgnoreCase);

    /// <summary>The key of control.</summary>
    public const string Control = "control";

    public static bool IsControl(string key) => string.Equals(key, Control, StringComparison.OrdinalIgnoreCase);

    /// <summary>Allocates an unused key that is as similar as possible to the given one.</summary>
    /// <param name="key">The invalid key.</param>
    /// <param name="implementation">The name to use if nothing of the key is usable.</param>
    public string Allocate(string key, string implementation)
    {
        var stem = string.Concat(key.Where(character => !char.IsControl(character))).Trim();
        stem = stem.Length == 0 ? implementation : stem.Length > MaxStem ? stem.Substring(0, MaxStem).Trim() : stem;
        var free = stem;
        for (var number = 2; IsControl(free) || !_taken.Add(free); number++)
        {
            free = FormattableString.Invariant($"{stem}{number}");
        }

        return free;
    }
}
