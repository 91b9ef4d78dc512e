namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>The rule for names of experiments and attributes, as the run time has it.</summary>
internal static class NameRule
{
    private const int MaxLength = 256;

    /// <summary>What is wrong with a name; null for nothing.</summary>
    public static string? Fault(string name) =>
        name.Length == 0 ? "is empty"
        : name.Length > MaxLength ? $"has {name.Length} characters; at most {MaxLength} are allowed"
        : char.IsWhiteSpace(name[0]) || char.IsWhiteSpace(name[name.Length - 1]) ? "has white space at an end"
        : name.Any(char.IsControl) ? "holds a control character"
        : null;
}
