using System.Globalization;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>Says for health which experiments cannot be trusted, wherever the monitor runs.</summary>
internal static class ExperimentProblems
{
    /// <summary>The maximum number of experiments in a sentence; the others are only counted.</summary>
    private const int MaxNamed = 5;

    /// <summary>Says it in a sentence for each kind of problem.</summary>
    /// <param name="experiments">The state of each experiment.</param>
    /// <param name="failed">The experiments that the monitor failed at.</param>
    public static List<string> Of(IReadOnlyList<(string Name, ExperimentState State, long Subjects)> experiments, IEnumerable<string> failed)
    {
        List<string> problems = [];
        Add(ExperimentState.SampleRatioMismatch, "differs from its plan, so results cannot be trusted");
        Add(ExperimentState.Inconclusive, "differs from its plan, but lost exposures could explain it");
        Add(ExperimentState.NotTestable, "cannot be tested");
        if (Named(failed) is { } names)
        {
            problems.Add($"The monitor failed to process {names}: counts and verdicts are incomplete. The log has the reason.");
        }

        return problems;

        void Add(ExperimentState state, string finding)
        {
            if (Named(experiments.Where(experiment => experiment.State == state).Select(static experiment => experiment.Name)) is { } names)
            {
                problems.Add($"The split of {names} {finding}.");
            }
        }
    }

    private static string? Named(IEnumerable<string> experiments)
    {
        string[] names = [.. experiments.Order(StringComparer.Ordinal)];
        var more = names.Length > MaxNamed ? string.Create(CultureInfo.InvariantCulture, $" and {names.Length - MaxNamed} more") : string.Empty;
        return names.Length == 0 ? null : string.Join(", ", names.Take(MaxNamed)) + more;
    }
}
