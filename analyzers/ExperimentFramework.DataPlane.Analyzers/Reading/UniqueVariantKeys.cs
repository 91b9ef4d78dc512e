namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Finds keys for variants that cannot keep theirs.</summary>
internal sealed class UniqueVariantKeys(IEnumerable<string> said)
{
    private const int MaxStem = 240;

    private readonly HashSet<string> _taken = new(said, StringComparer.OrdinalIgnoreCase);

    /// <summary>The key of control.</summary>
    public const string Control = "control";

    public static bool IsControl(string key) => string.Equals(key, Control, StringComparison.OrdinalIgnoreCase);

    /// <summary>Takes a key that is free and as near as can be to another.</summary>
    /// <param name="key">The key that cannot be kept.</param>
    /// <param name="implementation">What it is called after where nothing of the key can be used.</param>
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
