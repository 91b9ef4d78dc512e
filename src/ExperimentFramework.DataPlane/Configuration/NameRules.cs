namespace ExperimentFramework.DataPlane;

// Compiled into the analyzers too, as OptionRanges are.

/// <summary>The rule for the names of experiments, variants and attributes.</summary>
internal static class NameRules
{
    private const int MaxLength = 256;

    /// <summary>What is wrong with a name; null for nothing.</summary>
    public static string? Validate(string name) =>
        name.Length == 0 ? "is empty"
        : name.Length > MaxLength ? $"has {name.Length} characters; at most {MaxLength} are allowed"
        : char.IsWhiteSpace(name[0]) || char.IsWhiteSpace(name[name.Length - 1]) ? "has white space at an end"
        : name.Any(char.IsControl) ? "holds a control character"
        : null;
}
