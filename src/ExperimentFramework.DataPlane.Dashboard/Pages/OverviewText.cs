using System.Globalization;
using System.Text;
using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>What is said of all experiments.</summary>
internal static class OverviewText
{
    private const int NamedExperiments = 5;

    /// <summary>Whether an experiment cannot be trusted.</summary>
    public static bool HasAlarm(ExperimentOverview overview) => overview.Experiments.Any(IsBroken);

    /// <summary>Says which experiments cannot be trusted.</summary>
    public static string Announce(ExperimentOverview overview)
    {
        string[] broken = [.. overview.Experiments.Where(IsBroken).Select(static experiment => experiment.Name)];
        return broken.Length == 0
            ? "No experiment has a sample ratio mismatch."
            : string.Create(CultureInfo.InvariantCulture, $"{broken.Length:N0} of {overview.Experiments.Count:N0} experiments cannot be trusted because of a sample ratio mismatch: {string.Join(", ", broken.Take(NamedExperiments))}{(broken.Length > NamedExperiments ? " and others" : string.Empty)}.");
    }

    /// <summary>Says how many experiments there are, and what was left out.</summary>
    public static string Count(ExperimentOverview overview, int shown)
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{shown:N0} of {overview.Experiments.Count:N0} experiments.");
        if (overview.IgnoredEvents > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $" {overview.IgnoredEvents:N0} events of further experiments were ignored: raise MaxExperiments.");
        }

        if (overview.UnknownEvents > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $" {overview.UnknownEvents:N0} events were written by a newer version and could not be read.");
        }

        return text.ToString();
    }

    private static bool IsBroken(ExperimentListItem experiment) => experiment.State == ExperimentState.SampleRatioMismatch;
}
