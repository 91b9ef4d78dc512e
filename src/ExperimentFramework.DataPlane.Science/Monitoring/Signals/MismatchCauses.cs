namespace ExperimentFramework.DataPlane.Science;

/// <summary>A likely cause of a broken split.</summary>
/// <param name="Code">Its name in the data of the signal.</param>
/// <param name="Advice">What to check.</param>
internal sealed record MismatchCause(string Code, string Advice);

/// <summary>Finds what to check first when a split is broken, from the data in the stream.</summary>
internal static class MismatchCauses
{
    private const double FallbackShare = 0.01;
    private const double NoSubjectShare = 0.01;
    private const double CrossoverShare = 0.005;

    /// <summary>Finds the causes that the stream suggests, most likely first.</summary>
    /// <returns>At least one.</returns>
    public static IReadOnlyList<MismatchCause> Of(
        MonitoredExperiment experiment, MonitorRun run, VariantCount? worst, StartPoint? start, IReadOnlyList<(string Name, VersionedCounts Counts)> segments)
    {
        List<MismatchCause> causes = [];
        var tallies = experiment.Tallies;
        if (experiment.Lost.Any)
        {
            causes.Add(new MismatchCause("losses", "lost exposures, by variant and reason, in the accounts"));
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
            causes.Add(new MismatchCause("fallbacks", $"calls of {worst.Key} that were served by another variant"));
        }

        if (Share(tallies.Excluded.GetValueOrDefault(SelectionReasons.NoSubject), tallies.Exposures) > NoSubjectShare)
        {
            causes.Add(new MismatchCause("no-subject", "exposures without a subject, which are not counted for any variant"));
        }

        if (Share(run.Moves.Crossovers, run.Moves.Followed) > CrossoverShare)
        {
            causes.Add(new MismatchCause("crossovers", "subjects that move between variants without an explanation"));
        }

        if (causes.Count == 0)
        {
            causes.Add(new MismatchCause("before-exposure", "anything that prevents the first exposure of subjects of one variant, such as crashes, redirects, timeouts, caches and bots"));
        }

        return causes;
    }

    private static double Share(long part, long whole) => whole == 0 ? 0 : (double)part / whole;
}
