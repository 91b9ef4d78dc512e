namespace ExperimentFramework.DataPlane;

// Compiled into the analyzers too, as OptionRanges are.

/// <summary>The rule for the names of experiments, variants, attributes and metrics.</summary>
internal static class NameRules
{
    private const int MaxLength = 256;

    /// <summary>Returns why a name is invalid, as a predicate to follow the name; null if it is valid.</summary>
    public static string? Validate(string name) =>
        name.Length == 0 ? "is empty"
        : name.Length > MaxLength ? $"has {name.Length} characters; at most {MaxLength} are allowed"
        : char.IsWhiteSpace(name[0]) || char.IsWhiteSpace(name[name.Length - 1]) ? "begins or ends with white space"
        : HasControlCharacter(name) ? "contains a control character"
        : HasHalfSurrogatePair(name) ? "contains half of a surrogate pair, which no encoding can represent"
        : null;

    /// <summary>A loop, because the names of metrics are checked in each call, which must not allocate.</summary>
    private static bool HasControlCharacter(string name)
    {
        foreach (var character in name)
        {
            if (char.IsControl(character))
            {
                return true;
            }
        }

        return false;
    }

    private static bool HasHalfSurrogatePair(string name)
    {
        for (var i = 0; i < name.Length; i++)
        {
            if (char.IsSurrogate(name[i]) && (!char.IsHighSurrogate(name[i]) || ++i == name.Length || !char.IsLowSurrogate(name[i])))
            {
                return true;
            }
        }

        return false;
    }
}
