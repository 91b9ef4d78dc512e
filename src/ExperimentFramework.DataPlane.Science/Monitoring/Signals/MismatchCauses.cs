namespace ExperimentFramework.DataPlane.Science;

/// <summary>A likely cause of a broken split.</summary>
/// <param name="Code">Its name in the data of the signal.</param>
/// <param name="Advice">What to look at.</param>
internal sealed record MismatchCause(string Code, string Advice);

/// <summary>Finds what to look at first when a split is broken, by what the stream itself shows.</summary>
internal static class MismatchCauses
{
    private const double FallbackShare = 0.01;
    private const double NoSubjectShare = 0.01;
    private const double CrossoverShare = 0.005;

    /// <summary>Finds the causes that the stream hints at, the strongest hint first.</summary>
    /// <returns>At least one.</returns>
    public static IReadOnlyList<MismatchCause> Of(
        MonitoredExperiment experiment, MonitorRun run, VariantCount? worst, StartPoint? start, IReadOnlyList<(string Name, VersionedCounts Counts)> segments)
    {
        List<MismatchCause> causes = [];
        var tallies = experiment.Tallies;
        if (experiment.Lost.Any)
        {
            causes.Add(new MismatchCause("losses", "exposures that were lost, by variant and reason, in the accounts"));
        }

        if (start is { Cause: StartCause.Build })
        {
            causes.Add(new MismatchCause("build", "the build of a variant that was first seen when the deviation began"));
        }

        if (start is { Cause: StartCause.AllocationVersion })
        {
            causes.Add(new MismatchCause("weights", "the change of the weights with which the deviation began"));
        }

        if (segments.Count > 0)
        {
            causes.Add(new MismatchCause("segments", "the segments that deviate: " + string.Join(", ", segments.Take(5).Select(static segment => segment.Name))));
        }

        if (worst is not null && Share(tallies.Fallbacks[worst.Index], tallies.ByVariant[worst.Index]) > FallbackShare)
        {
            causes.Add(new MismatchCause("fallbacks", $"calls of {worst.Key} that another variant answered"));
        }

        if (Share(tallies.Excluded.GetValueOrDefault(SelectionReasons.NoSubject), tallies.Exposures) > NoSubjectShare)
        {
            causes.Add(new MismatchCause("no-subject", "exposures without a subject, which no variant is counted for"));
        }

        if (Share(run.Moves.Crossovers, run.Moves.Followed) > CrossoverShare)
        {
            causes.Add(new MismatchCause("crossovers", "subjects that move between variants without an explanation"));
        }

        if (causes.Count == 0)
        {
            causes.Add(new MismatchCause("before-exposure", "what keeps subjects of one variant from their first exposure, such as crashes, redirects, time-outs, caches and bots"));
        }

        return causes;
    }

    private static double Share(long part, long whole) => whole == 0 ? 0 : (double)part / whole;
}
