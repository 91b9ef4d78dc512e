namespace ExperimentFramework.DataPlane;

/// <summary>The rule for experiment names.</summary>
internal static class NameRules
{
    private const int MaxLength = 256;

    /// <summary>What is wrong with a name; null for nothing.</summary>
    public static string? Validate(string name) =>
        name.Length == 0 ? "is empty"
        : name.Length > MaxLength ? $"has {name.Length} characters; at most {MaxLength} are allowed"
        : char.IsWhiteSpace(name[0]) || char.IsWhiteSpace(name[^1]) ? "has white space at an end"
        : name.Any(char.IsControl) ? "holds a control character"
        : null;
}
