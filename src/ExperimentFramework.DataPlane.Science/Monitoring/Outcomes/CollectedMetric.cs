namespace ExperimentFramework.DataPlane.Science;

/// <summary>A metric of a run: the values of the subjects whose window has closed, and the number of values that could not be counted.</summary>
internal sealed class CollectedMetric
{
    /// <summary>Larger values would overflow the sums of squares.</summary>
    private const double LargestValue = 1e100;

    private readonly List<StrongestLook> _looks = [];

    /// <summary>Creates a metric without values.</summary>
    /// <param name="plan">The definition of the metric.</param>
    /// <param name="isPlanned">Whether a plan names it.</param>
    /// <param name="isSegmented">Whether it is also read out by segment.</param>
    public CollectedMetric(PlannedMetric plan, bool isPlanned, bool isSegmented = true)
    {
        Plan = plan;
        IsPlanned = isPlanned;
        var definition = plan.Definition;
        Sums = new MetricSums(definition is { Aggregation: MetricAggregation.Any, Scale: MetricScale.Linear, Cap: null or >= 1 });
        BySegment = isSegmented ? new SegmentSums(Sums.IsConversion) : null;
    }

    /// <summary>The definition of the metric.</summary>
    public PlannedMetric Plan { get; private set; }

    /// <summary>Whether a plan names it. If not, it is collected because the calls of the experiment are recorded.</summary>
    public bool IsPlanned { get; }

    /// <summary>N*, the total sample for which intervals are tuned: 0 before the first look, and constant afterwards.</summary>
    public double TuningSubjects { get; set; }

    /// <summary>The error rate for which they are tuned, fixed with <see cref="TuningSubjects"/>: the minimum of p-values with different tuning is not a valid p-value.</summary>
    public double TuningAlpha { get; set; }

    /// <summary>The values of mature subjects.</summary>
    public MetricSums Sums { get; }

    /// <summary>The looks under the plan while this is its primary metric.</summary>
    public PlanLooks PlanLooks { get; } = new();

    /// <summary>The values by segment; null if the metric is not read out by segment.</summary>
    public SegmentSums? BySegment { get; }

    /// <summary>The number of values from within the window that arrived after it had closed.</summary>
    public long Late { get; set; }

    /// <summary>The number of values that had already been counted.</summary>
    public long Duplicates { get; set; }

    /// <summary>The number of values that are not finite, and of mature subjects with an invalid value: too large, or not above 0 on the logarithmic scale.</summary>
    public long Invalid { get; set; }

    /// <summary>The number of mature subjects without a value: a mean of no values, or no outcome of the exposing call.</summary>
    public long WithoutValue { get; set; }

    /// <summary>Whether the sums have changed since the last look.</summary>
    public bool HasNewValues { get; set; }

    /// <summary>Whether only the outcome of the exposing call counts.</summary>
    public bool IsOfExposingCall => Plan.Source != MetricSource.Metric && Plan.Definition.Window == TimeSpan.Zero;

    /// <summary>The value of an outcome for a metric; null if it has none.</summary>
    public static double? ValueOf(MetricSource source, OutcomeEvent outcome) => source switch
    {
        MetricSource.OutcomeFailure when outcome.Result != OutcomeResult.Canceled => outcome.Result == OutcomeResult.Failure ? 1 : 0,
        MetricSource.OutcomeDuration when outcome.Result == OutcomeResult.Success => outcome.Duration?.TotalMilliseconds,
        MetricSource.OutcomeValue => outcome.Value,
        _ => null,
    };

    /// <summary>Whether another metric has the same values, so that the collected values can be used for it.</summary>
    public bool Measures(PlannedMetric other) => Plan.Name == other.Name && Plan.Source == other.Source && Plan.Definition == other.Definition;

    /// <summary>How many values an event adds to a subject. A successful call adds none to the number of failures, but is included in a mean.</summary>
    public int CountOf(double value) => Plan is { Source: MetricSource.OutcomeFailure, Definition.Aggregation: not MetricAggregation.Mean } && value == 0 ? 0 : 1;

    /// <summary>Applies the current plan's settings of the comparison.</summary>
    public void Follow(PlannedMetric plan) => Plan = plan;

    /// <summary>Whether a value can be added to a sum. If not, it is counted as invalid.</summary>
    public bool Accepts(double value)
    {
        if (Math.Abs(value) <= LargestValue)
        {
            return true;
        }

        Invalid++;
        return false;
    }

    /// <summary>Adds a subject.</summary>
    /// <param name="subject">The subject; its version is -1 if it was retired.</param>
    /// <param name="sum">The sum of its values.</param>
    /// <param name="count">The number of its values.</param>
    public void Enter(in CountedSubject subject, double sum, double count)
    {
        if (subject.Version < 0)
        {
            return;
        }

        if (Plan.Definition.SubjectValueOf(sum, count) is not { } value)
        {
            WithoutValue++;
        }
        else if (!(Math.Abs(value) <= LargestValue) || (Plan.Definition.Scale == MetricScale.Logarithmic && value <= 0))
        {
            Invalid++;
        }
        else
        {
            var scaled = Plan.Definition.Scale == MetricScale.Logarithmic ? Math.Log(value) : value;
            Sums.Add(subject.Version, subject.Variant, scaled);
            BySegment?.Add(subject.Segments, subject.Version, subject.Variant, scaled);
            HasNewValues = true;
        }
    }

    /// <summary>The look at a comparison with control that had the smallest p-value.</summary>
    public StrongestLook StrongestLookAt(int variant) => variant < _looks.Count ? _looks[variant] : default;

    /// <summary>Records a look.</summary>
    public void Look(int variant, StrongestLook look)
    {
        while (_looks.Count <= variant)
        {
            _looks.Add(default);
        }

        // Values that hardly vary can be infinitely strong evidence, which a snapshot cannot contain.
        look = look with { LogPValue = Math.Max(look.LogPValue, double.MinValue) };
        _looks[variant] = look.LogPValue < _looks[variant].LogPValue ? look : _looks[variant];
    }

    /// <summary>Forgets a version. Its index is reused for another version.</summary>
    public void RetireVersion(int version)
    {
        Sums.RetireVersion(version);
        BySegment?.RetireVersion(version);
    }

    /// <summary>Writes the metric.</summary>
    public void Write(BinaryWriter writer)
    {
        writer.Write(Plan.Name);
        writer.Write((int)Plan.Source);
        writer.Write(Plan.Definition.Window.Ticks);
        writer.Write((int)Plan.Definition.Aggregation);
        writer.Write(Plan.Definition.Cap ?? double.NaN);
        writer.Write((int)Plan.Definition.Scale);
        writer.Write(IsPlanned);
        writer.Write(BySegment is not null);
        writer.Write(TuningSubjects);
        writer.Write(TuningAlpha);
        foreach (var count in (ReadOnlySpan<long>)[Late, Duplicates, Invalid, WithoutValue])
        {
            writer.Write(count);
        }

        writer.Write(HasNewValues);
        writer.Write((byte)_looks.Count);
        foreach (var (logPValue, isHigher) in _looks)
        {
            writer.Write(logPValue);
            writer.Write(isHigher);
        }

        PlanLooks.Write(writer);
        Sums.Write(writer);
        BySegment?.Write(writer);
    }

    /// <summary>Reads the data written by <see cref="Write"/>.</summary>
    /// <exception cref="FormatException">The data is invalid.</exception>
    public static CollectedMetric Read(BinaryReader reader)
    {
        var name = reader.ReadString();
        var source = (MetricSource)OutcomeFormat.Range(reader.ReadInt32(), 0, (int)MetricSource.OutcomeValue);
        var window = new TimeSpan(OutcomeFormat.ReadCount(reader));
        var aggregation = (MetricAggregation)OutcomeFormat.Range(reader.ReadInt32(), 0, (int)MetricAggregation.Mean);
        var cap = reader.ReadDouble();
        var scale = (MetricScale)OutcomeFormat.Range(reader.ReadInt32(), 0, (int)MetricScale.Logarithmic);
        var plan = new PlannedMetric { Name = name, Source = source, Definition = new MetricDefinition(window, aggregation, double.IsNaN(cap) ? null : cap, scale) };
        var metric = new CollectedMetric(plan, isPlanned: reader.ReadBoolean(), isSegmented: reader.ReadBoolean())
        {
            TuningSubjects = Math.Max(0, OutcomeFormat.ReadFinite(reader)),
            TuningAlpha = Math.Clamp(OutcomeFormat.ReadFinite(reader), 0, 1),
            Late = OutcomeFormat.ReadCount(reader),
            Duplicates = OutcomeFormat.ReadCount(reader),
            Invalid = OutcomeFormat.ReadCount(reader),
            WithoutValue = OutcomeFormat.ReadCount(reader),
            HasNewValues = reader.ReadBoolean(),
        };
        for (var (variant, variants) = (0, OutcomeFormat.Range(reader.ReadByte(), 0, SubjectQueue.MaxIndex)); variant < variants; variant++)
        {
            metric.Look(variant, new StrongestLook(OutcomeFormat.ReadFinite(reader), reader.ReadBoolean()));
        }

        metric.PlanLooks.Read(reader);
        metric.Sums.Read(reader);
        metric.BySegment?.Read(reader);
        return metric;
    }
}

/// <summary>The look at a comparison with the smallest p-value.</summary>
/// <param name="LogPValue">ln p; 0 before the first look.</param>
/// <param name="IsHigher">Whether the variant was higher than control at that look. Later values can reverse the estimate, but not the finding.</param>
internal readonly record struct StrongestLook(double LogPValue, bool IsHigher);
