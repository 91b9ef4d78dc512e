namespace ExperimentFramework.DataPlane.Science;

/// <summary>A metric of a run: the values of the subjects whose window has closed, and what could not be counted.</summary>
internal sealed class CollectedMetric
{
    /// <summary>Larger values would overflow the sums of squares.</summary>
    private const double LargestValue = 1e100;

    private readonly List<double> _logPValues = [];

    /// <summary>Starts without values.</summary>
    /// <param name="plan">What is measured.</param>
    /// <param name="isPlanned">Whether a plan names it.</param>
    public CollectedMetric(PlannedMetric plan, bool isPlanned)
    {
        Plan = plan;
        IsPlanned = isPlanned;
        var definition = plan.Definition;
        Sums = new MetricSums(definition is { Aggregation: MetricAggregation.Any, Scale: MetricScale.Linear, Cap: null or >= 1 });
    }

    /// <summary>What is measured.</summary>
    public PlannedMetric Plan { get; private set; }

    /// <summary>Whether a plan names it; else it is collected because the calls of the experiment are recorded.</summary>
    public bool IsPlanned { get; }

    /// <summary>N*, the total sample that intervals are tuned for: 0 before the first look, and then always the same.</summary>
    public double TuningSubjects { get; set; }

    /// <summary>The values of mature subjects.</summary>
    public MetricSums Sums { get; }

    /// <summary>The values that arrived after the window of their subject had closed, although they happened before.</summary>
    public long Late { get; set; }

    /// <summary>The values that were counted before.</summary>
    public long Duplicates { get; set; }

    /// <summary>The values that are not finite, and the mature subjects whose value is not: too large, or not above 0 on the logarithmic scale.</summary>
    public long Invalid { get; set; }

    /// <summary>The mature subjects that have no value: a mean of none, or no outcome of the exposing call.</summary>
    public long WithoutValue { get; set; }

    /// <summary>Whether the sums have changed since the last look.</summary>
    public bool HasNewValues { get; set; }

    /// <summary>Whether the outcome of the exposing call alone counts.</summary>
    public bool IsOfExposingCall => Plan.Source != MetricSource.Metric && Plan.Definition.Window == TimeSpan.Zero;

    /// <summary>The value of an outcome for a metric; null if it has none.</summary>
    public static double? ValueOf(MetricSource source, OutcomeEvent outcome) => source switch
    {
        MetricSource.OutcomeFailure when outcome.Result != OutcomeResult.Canceled => outcome.Result == OutcomeResult.Failure ? 1 : 0,
        MetricSource.OutcomeDuration when outcome.Result == OutcomeResult.Success => outcome.Duration?.TotalMilliseconds,
        MetricSource.OutcomeValue => outcome.Value,
        _ => null,
    };

    /// <summary>Whether the same subjects have the same values, so that what was collected for the one holds for the other.</summary>
    public bool Measures(PlannedMetric other) => Plan.Name == other.Name && Plan.Source == other.Source && Plan.Definition == other.Definition;

    /// <summary>How many values an event adds to a subject: calls that succeed are no failures, but a mean is over all calls.</summary>
    public int CountOf(double value) => Plan is { Source: MetricSource.OutcomeFailure, Definition.Aggregation: not MetricAggregation.Mean } && value == 0 ? 0 : 1;

    /// <summary>Takes over what a plan says now of the comparison.</summary>
    public void Follow(PlannedMetric plan) => Plan = plan;

    /// <summary>Whether a value can be part of a sum; if not, it is counted as invalid.</summary>
    public bool Accepts(double value)
    {
        if (Math.Abs(value) <= LargestValue)
        {
            return true;
        }

        Invalid++;
        return false;
    }

    /// <summary>Enters a subject.</summary>
    /// <param name="version">The version of the weights of its first exposure; -1 if it was retired.</param>
    /// <param name="variant">The variant that it was assigned then.</param>
    /// <param name="sum">The sum of its values.</param>
    /// <param name="count">How many there were.</param>
    public void Enter(int version, int variant, double sum, double count)
    {
        if (version < 0)
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
            Sums.Add(version, variant, Plan.Definition.Scale == MetricScale.Logarithmic ? Math.Log(value) : value);
            HasNewValues = true;
        }
    }

    /// <summary>ln p of a variant against control: the smallest of all looks; 0 before the first.</summary>
    public double LogPValueOf(int variant) => variant < _logPValues.Count ? _logPValues[variant] : 0;

    /// <summary>Notes ln p of a look.</summary>
    public void Look(int variant, double logPValue)
    {
        while (_logPValues.Count <= variant)
        {
            _logPValues.Add(0);
        }

        _logPValues[variant] = Math.Min(_logPValues[variant], logPValue);
    }

    /// <summary>Forgets a version, whose index is used for another one from now on.</summary>
    public void RetireVersion(int version) => Sums.RetireVersion(version);

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
        writer.Write(TuningSubjects);
        foreach (var count in (ReadOnlySpan<long>)[Late, Duplicates, Invalid, WithoutValue])
        {
            writer.Write(count);
        }

        writer.Write(HasNewValues);
        writer.Write((byte)_logPValues.Count);
        foreach (var logPValue in _logPValues)
        {
            writer.Write(logPValue);
        }

        Sums.Write(writer);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="FormatException">It cannot be that of a metric.</exception>
    public static CollectedMetric Read(BinaryReader reader)
    {
        var name = reader.ReadString();
        var source = (MetricSource)OutcomeFormat.Range(reader.ReadInt32(), 0, (int)MetricSource.OutcomeValue);
        var window = new TimeSpan(OutcomeFormat.ReadCount(reader));
        var aggregation = (MetricAggregation)OutcomeFormat.Range(reader.ReadInt32(), 0, (int)MetricAggregation.Mean);
        var cap = reader.ReadDouble();
        var scale = (MetricScale)OutcomeFormat.Range(reader.ReadInt32(), 0, (int)MetricScale.Logarithmic);
        var plan = new PlannedMetric { Name = name, Source = source, Definition = new MetricDefinition(window, aggregation, double.IsNaN(cap) ? null : cap, scale) };
        var isPlanned = reader.ReadBoolean();
        var metric = new CollectedMetric(plan, isPlanned)
        {
            TuningSubjects = Math.Max(0, OutcomeFormat.ReadFinite(reader)),
            Late = OutcomeFormat.ReadCount(reader),
            Duplicates = OutcomeFormat.ReadCount(reader),
            Invalid = OutcomeFormat.ReadCount(reader),
            WithoutValue = OutcomeFormat.ReadCount(reader),
            HasNewValues = reader.ReadBoolean(),
        };
        for (var (variant, variants) = (0, OutcomeFormat.Range(reader.ReadByte(), 0, SubjectQueue.MaxIndex)); variant < variants; variant++)
        {
            metric.Look(variant, OutcomeFormat.ReadFinite(reader));
        }

        metric.Sums.Read(reader);
        return metric;
    }
}
