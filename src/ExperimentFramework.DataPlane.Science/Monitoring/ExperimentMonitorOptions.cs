namespace ExperimentFramework.DataPlane.Science;

/// <summary>The limits of an <see cref="ExperimentMonitor"/>, and the attributes that it uses as segments.</summary>
public class ExperimentMonitorOptions
{
    /// <summary>
    /// The maximum number of experiments to monitor, from 1 to 100,000. Experiments that appear later are ignored. Default: 1,000.
    /// </summary>
    public int MaxExperiments { get; set; } = 1_000;

    /// <summary>
    /// The memory for the subjects of one experiment, in slots of 8 bytes: a power of 2 from 1,024 to 16,777,216. Three quarters of it hold subjects; beyond that, half of them are forgotten, and new
    /// subjects are counted with half the probability, which keeps the verdict valid. While two pseudonym keys are in use, each has this much memory. Default: 1,048,576 (8 MiB).
    /// </summary>
    public int MaxSubjectSlots { get; set; } = 1 << 20;

    /// <summary>
    /// The number of hosts that monitor the same experiments independently, from 1 to 10,000. Each host multiplies its p-value by this number, so that all of them together keep the rate of false alarms. The counts of
    /// several hosts must not be added, because a subject that visits two hosts is counted by both. Default: 1.
    /// </summary>
    public int HostCount { get; set; } = 1;

    /// <summary>
    /// The maximum number of subjects of one experiment that are held until the windows of its metrics close: a power of 2 from 1,024 to 16,777,216. Each takes 40 bytes, plus 8 for each planned metric with a window (16 for a mean). Beyond that, half of them are forgotten,
    /// and new subjects are read out with half the probability, which keeps the read-outs valid. Default: 262,144.
    /// </summary>
    public int MaxImmatureSubjects { get; set; } = 1 << 18;

    /// <summary>
    /// The names of exposure attributes whose values are segments, in addition to tenant and subject type. Use only attributes that are known before the variant is assigned, such as the country: a split by
    /// anything that is measured afterwards is biased. The first 32 segments of an experiment are tested and read out. Default: none.
    /// </summary>
    public IList<string> SegmentAttributes { get; } = [];

    /// <summary>The memory that the subjects of all experiments share, for a process that monitors any number of experiments; null if each experiment has its own.</summary>
    internal SubjectMemory? Memory { get; init; }

    /// <summary>Validates the options.</summary>
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
