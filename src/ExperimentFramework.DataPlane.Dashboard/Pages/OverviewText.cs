using System.Globalization;
using System.Text;
using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>The summary of all experiments in words.</summary>
internal static class OverviewText
{
    private const int NamedExperiments = 5;

    /// <summary>Whether any experiment cannot be trusted.</summary>
    public static bool HasAlarm(ExperimentOverview overview) => overview.Experiments.Any(static experiment => experiment.Doubt is not null || experiment.HasFailed);

    /// <summary>Describes which experiments cannot be trusted, and how many have no verdict.</summary>
    public static string Announce(ExperimentOverview overview)
    {
        if (overview.Experiments.Count == 0)
        {
            return "There are no experiments yet.";
        }

        string[] broken = [.. overview.Experiments.Where(IsBroken).Select(static experiment => experiment.Name)];
        var text = new StringBuilder();
        if (broken.Length > 0)
        {
            text.Append(Untrustworthy(overview, broken, "of a sample ratio mismatch"));
        }
        else
        {
            text.Append(overview.Experiments.Any(static experiment => experiment.State is ExperimentState.Healthy or ExperimentState.Warning or ExperimentState.Inconclusive)
                ? "No experiment has a sample ratio mismatch."
                : "No split could be tested yet.");
        }

        string[] explained = [.. overview.Experiments.Where(HasExplainedDoubt).Select(static experiment => experiment.Name)];
        if (explained.Length > 0)
        {
            text.Append(' ').Append(Untrustworthy(overview, explained, "lost exposures explain an alarming deviation of the split"));
        }

        string[] others =
        [
            .. Count(overview, static experiment => experiment is { State: ExperimentState.Inconclusive, Doubt: null }, "is inconclusive", "are inconclusive"),
            .. Count(overview, static experiment => experiment.State == ExperimentState.NotTestable, "cannot be tested", "cannot be tested"),
            .. Count(overview, static experiment => experiment.HasCrossovers, "has crossovers", "have crossovers"),
            .. Count(overview, static experiment => experiment.HasFailed, "could not be monitored completely", "could not be monitored completely"),
        ];
        if (others.Length > 0)
        {
            text.Append(' ').AppendJoin(", ", others).Append('.');
        }

        if (Cautions.OutdatedSince(overview.Source, overview.EvaluatedAt, overview.Time) is { } time)
        {
            text.Append(CultureInfo.InvariantCulture, $" The verdicts are as of {TableText.Time(time)}: the monitor has not evaluated the experiments since.");
        }

        return text.ToString();
    }

    /// <summary>Describes how many experiments there are, and which events are not included.</summary>
    public static string Count(ExperimentOverview overview, int shown)
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{shown:N0} of {overview.Experiments.Count:N0} experiments.");
        if (overview.IgnoredEvents > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $" {overview.IgnoredEvents:N0} events of further experiments were ignored. Raise MaxExperiments.");
        }

        if (overview.UnknownEvents > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $" {overview.UnknownEvents:N0} events were written by a newer version and could not be read.");
        }

        if (overview.FailedEvents > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $" {overview.FailedEvents:N0} events could not be counted because of an internal fault of the monitor.");
        }

        if (overview.DroppedSignals > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $" {overview.DroppedSignals:N0} signals could not be published in time and are missing from the event stream.");
        }

        return text.ToString();
    }

    /// <summary>Whether results are left out although the state does not say so.</summary>
    public static bool HasExplainedDoubt(ExperimentListItem experiment) => experiment.Doubt is not null && !IsBroken(experiment);

    private static string[] Count(ExperimentOverview overview, Func<ExperimentListItem, bool> condition, string one, string many) => overview.Experiments.Count(condition) switch
    {
        0 => [],
        var count => [string.Create(CultureInfo.InvariantCulture, $"{count:N0} {(count == 1 ? one : many)}")],
    };

    private static string Untrustworthy(ExperimentOverview overview, string[] names, string cause) => string.Create(
        CultureInfo.InvariantCulture,
        $"{names.Length:N0} of {overview.Experiments.Count:N0} experiments cannot be trusted because {cause}: {string.Join(", ", names.Take(NamedExperiments))}{(names.Length > NamedExperiments ? " and others" : string.Empty)}.");

    private static bool IsBroken(ExperimentListItem experiment) => experiment.State == ExperimentState.SampleRatioMismatch;
}
