namespace ExperimentFramework.DataPlane.Science.Tests;

/// <summary>How many subjects there are, by version of the weights and variant.</summary>
internal static class AssignedSubjects
{
    /// <summary>Those that a monitor of one experiment has counted in its current run.</summary>
    public static Dictionary<(string Version, string Variant), long> Of(ExperimentMonitor monitor) =>
        Assert.Single(monitor.Read(static (experiment, _) =>
        {
            Dictionary<(string Version, string Variant), long> counts = [];
            var run = experiment.CurrentRun!;
            for (var version = 0; version < run.Versions.Count; version++)
            {
                for (var variant = 0; variant < experiment.Variants.Count; variant++)
                {
                    counts.Add((run.Versions[version], experiment.Variants[variant]), run.Counts[version][variant]);
                }
            }

            return counts;
        }));

    /// <summary>Those of what each subject was assigned first.</summary>
    public static Dictionary<(string Version, string Variant), long> Of<TSubject>(IReadOnlyDictionary<TSubject, (string Version, string Variant)> firsts) =>
        firsts.Values.GroupBy(static assigned => assigned).ToDictionary(static group => group.Key, static group => group.LongCount());

    /// <summary>What a monitor in a process keeps of a subject's hash: subjects that share it are one subject to it.</summary>
    public static ulong SlotOf(string subject) => new SubjectHash(ArrivingStream.Experiment).Of(subject) >> (64 - SubjectTable.HashBits);

    /// <summary>Finds what each subject was assigned first.</summary>
    public static Dictionary<string, (string Version, string Variant)> FirstOf(IEnumerable<DataPlaneEnvelope> ordered) => FirstOf(ordered, static subject => subject);

    /// <summary>Finds what each subject was assigned first.</summary>
    /// <param name="ordered">The events.</param>
    /// <param name="identify">By what subjects are distinguished.</param>
    public static Dictionary<TSubject, (string Version, string Variant)> FirstOf<TSubject>(IEnumerable<DataPlaneEnvelope> ordered, Func<string, TSubject> identify)
        where TSubject : notnull
    {
        Dictionary<TSubject, (string Version, string Variant)> firsts = [];
        foreach (var exposure in ordered.Select(static envelope => envelope.Payload).OfType<ExposureEvent>())
        {
            firsts.TryAdd(identify(exposure.SubjectId!), (exposure.AllocationVersion!, exposure.VariantKey));
        }

        return firsts;
    }
}
