namespace ExperimentFramework.DataPlane.Science;

/// <summary>The bounds of an <see cref="ExperimentMonitor"/>, and what it splits by.</summary>
public class ExperimentMonitorOptions
{
    /// <summary>
    /// How many experiments are monitored, from 1 to 100,000; the first ones in order of appearance. Default: 1,000.
    /// </summary>
    public int MaxExperiments { get; set; } = 1_000;

    /// <summary>
    /// The memory for the subjects of one experiment, in slots of 8 bytes: a power of 2 from 1,024 to 16,777,216. Three quarters of it hold subjects; beyond that half of them are forgotten, and new
    /// subjects count with half the probability, which leaves the verdict valid. While two pseudonym keys are in use, each has that much. Default: 1,048,576 (8 MiB).
    /// </summary>
    public int MaxSubjectSlots { get; set; } = 1 << 20;

    /// <summary>
    /// How many hosts monitor the same experiments, each on its own: from 1 to 10,000. Each reports its p-value multiplied by this number, so that all of them together keep the promised rate of false alarms. Counts of
    /// several hosts must not be added, because a subject that visits two of them is counted by both. Default: 1.
    /// </summary>
    public int HostCount { get; set; } = 1;

    /// <summary>
    /// How many subjects of one experiment are held until the windows of its metrics close: a power of 2 from 1,024 to 16,777,216. Each takes 44 bytes and 8 for each planned metric with a window, 16 for a mean; beyond that half of them are forgotten,
    /// and new subjects are read out with half the probability, which leaves the read-outs valid. Default: 262,144.
    /// </summary>
    public int MaxImmatureSubjects { get; set; } = 1 << 18;

    /// <summary>
    /// The names of exposure attributes whose values are segments, next to tenant and subject type. Name only what is known before the variant is assigned, such as the country: a split by
    /// anything that is measured after it is biased. The first 32 segments of an experiment are tested and read out. Default: none.
    /// </summary>
    public IList<string> SegmentAttributes { get; } = [];

    /// <summary>What the subjects of all experiments share, for a process that watches experiments of any number; null if each has memory of its own.</summary>
    internal SubjectMemory? Memory { get; init; }

    /// <summary>Checks the bounds.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    internal void Validate()
    {
        Require(nameof(MaxExperiments), MaxExperiments, ExperimentMonitorOptionRanges.MaxExperiments);
        Require(nameof(MaxSubjectSlots), MaxSubjectSlots, ExperimentMonitorOptionRanges.MaxSubjectSlots);
        Require(nameof(HostCount), HostCount, ExperimentMonitorOptionRanges.HostCount);
        Require(nameof(MaxImmatureSubjects), MaxImmatureSubjects, ExperimentMonitorOptionRanges.MaxImmatureSubjects);
        RequirePowerOfTwo(nameof(MaxSubjectSlots), MaxSubjectSlots);
        RequirePowerOfTwo(nameof(MaxImmatureSubjects), MaxImmatureSubjects);
    }

    private static void RequirePowerOfTwo(string name, int value)
    {
        if (!System.Numerics.BitOperations.IsPow2(value))
        {
            Science.Require.Throw(name, value, "must be a power of 2");
        }
    }

    private static void Require(string name, int value, OptionRange<int> range)
    {
        if (!range.Contains(value))
        {
            Science.Require.Throw(name, value, $"must be {range}");
        }
    }
}
