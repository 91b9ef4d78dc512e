using System.Globalization;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>Collects the problems of a plan.</summary>
/// <param name="experiment">The experiment's name.</param>
internal sealed class PlanProblems(string? experiment)
{
    private readonly List<string> _problems = [];

    public IReadOnlyList<string> All => _problems;

    /// <summary>Adds a problem.</summary>
    /// <param name="property">The property.</param>
    /// <param name="problem">The problem, as the rest of a sentence without its full stop.</param>
    public void Add(string property, FormattableString problem) =>
        _problems.Add($"AnalysisPlan.{property} of experiment '{PrintableText.Sanitize(experiment ?? string.Empty)}' {problem.ToString(CultureInfo.InvariantCulture)}.");

    public void Require<T>(bool isRight, string property, T value, string range)
    {
        if (!isRight)
        {
            Add(property, $"is {value}; it must be {range}");
        }
    }

    public void RequireDefined<TEnum>(string property, TEnum value)
        where TEnum : struct, Enum
    {
        if (!Enum.IsDefined(value))
        {
            Add(property, $"is {value:D}; it must be one of {string.Join(", ", Enum.GetNames<TEnum>())}");
        }
    }

    /// <summary>Requires a name that follows the rules for experiments, variants, attributes and metrics.</summary>
    public void RequireName(string property, string? name)
    {
        if (NameRules.Validate(name ?? string.Empty) is { } error)
        {
            Add(property, $"has the name '{PrintableText.Sanitize(name ?? string.Empty)}', which {error}");
        }
    }

    public void RequireDistinct(string property, IReadOnlyCollection<string> names)
    {
        foreach (var group in names.GroupBy(static name => name, StringComparer.Ordinal))
        {
            if (group.Skip(1).Any())
            {
                Add(property, $"has '{PrintableText.Sanitize(group.Key)}' {group.Count()} times; list it once");
            }
        }
    }
}
