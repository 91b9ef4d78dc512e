namespace ExperimentFramework.DataPlane.Science;

/// <summary>
/// The subjects whose first exposure waits for the outcome of its call. When the outcome arrives, their values are added to the metrics without a window: for each member that is called, whether calls fail and how long successful calls take, and the metrics of the plan.
/// </summary>
internal sealed class ExposingCalls
{
    /// <summary>The number of members that are read out without a plan, in order of appearance.</summary>
    private const int MaxNames = 8;

    /// <summary>The number of first exposures that wait as long as no outcome has arrived: most experiments do not record outcomes.</summary>
    private const int MaxWithoutOutcomes = 1_024;

    /// <summary>The maximum time to wait for an outcome.</summary>
    private static readonly long LongestCall = TimeSpan.FromHours(1).Ticks;

    /// <summary>The number of cells of a subject: the id of its first exposure, and its segments.</summary>
    private const int CellCount = 2;

    private readonly List<CollectedMetric> _metrics = [];
    private readonly CollectedMetric[] _planned;
    private readonly Dictionary<string, CollectedMetric[]> _byName = new(StringComparer.Ordinal);
    private SubjectQueue _subjects;

    /// <summary>Creates an instance without subjects.</summary>
    /// <param name="metrics">The metrics of exposing calls.</param>
    /// <param name="memory">What all experiments share; null for memory of its own.</param>
    public ExposingCalls(IEnumerable<CollectedMetric> metrics, SubjectMemory? memory = null)
        : this(metrics, new SubjectQueue(CellCount, cursors: 1, memory))
    {
    }

    private ExposingCalls(IEnumerable<CollectedMetric> metrics, SubjectQueue subjects)
    {
        _subjects = subjects;
        _metrics.AddRange(metrics);
        _planned = [.. _metrics.Where(static metric => metric.IsPlanned)];
        foreach (var ofName in _metrics.Where(static metric => !metric.IsPlanned).GroupBy(static metric => metric.Plan.Name, StringComparer.Ordinal))
        {
            _byName.Add(ofName.Key, [.. ofName]);
        }
    }

    /// <summary>The metrics.</summary>
    public IReadOnlyList<CollectedMetric> Metrics => _metrics;

    /// <summary>Whether an outcome has arrived.</summary>
    public bool HasOutcomes { get; private set; }

    /// <summary>The number of first exposures whose outcome did not arrive within an hour.</summary>
    public long Missing { get; private set; }

    /// <summary>The number of outcomes of members beyond the first eight. Only planned metrics count them.</summary>
    public long Ignored { get; private set; }

    /// <summary>How often the threshold for new subjects was halved.</summary>
    public int Halvings => _subjects.Halvings;

    /// <summary>The number of first exposures that wait for their outcome.</summary>
    public long Waiting
    {
        get
        {
            var waiting = 0L;
            for (var position = _subjects.Cursors[0]; position < _subjects.Tail; position++)
            {
                waiting += _subjects.IsDone(position) ? 0 : 1;
            }

            return waiting;
        }
    }

    /// <summary>The memory used, in bytes.</summary>
    public long Bytes => _subjects.Bytes;

    /// <summary>Starts to wait for the outcome of a first exposure.</summary>
    /// <param name="subject">The subject.</param>
    /// <param name="exposure">The id of the exposure.</param>
    /// <param name="now">The stream's time.</param>
    /// <param name="capacity">How many subjects may be held.</param>
    public void Open(in CountedSubject subject, Guid exposure, long now, int capacity)
    {
        if (!_subjects.Includes(subject.Hash))
        {
            return;
        }

        if (!HasOutcomes && _subjects.Tail - _subjects.Head == MaxWithoutOutcomes)
        {
            _subjects.RemoveFirst();
        }

        var position = _subjects.Add(subject.Hash, subject.Version, subject.Variant, now, Math.Max(capacity, MaxWithoutOutcomes));
        if (position >= 0)
        {
            var cells = _subjects.CellsAt(position);
            (cells[0], cells[1]) = ((long)RecentIds.Of(exposure), (long)subject.Segments);
        }
    }

    /// <summary>Adds the values of a subject from the outcome of its exposing call.</summary>
    /// <param name="outcome">An outcome, which may belong to another call.</param>
    /// <param name="hash">The hash of its subject.</param>
    public void Observe(OutcomeEvent outcome, ulong hash)
    {
        HasOutcomes = true;
        var position = _subjects.Find(hash);
        if (position < 0 || (outcome.ExposureEventId is { } exposure && (long)RecentIds.Of(exposure) != _subjects.CellsAt(position)[0]))
        {
            return;
        }

        if (_subjects.IsDone(position))
        {
            foreach (var metric in outcome.ExposureEventId is null ? [] : MetricsOf(outcome.OutcomeName))
            {
                metric.Duplicates++;
            }

            return;
        }

        var metrics = MetricsOf(outcome.OutcomeName);
        if (_subjects.Cursors[0] > position)
        {
            foreach (var metric in metrics)
            {
                metric.Late++;
            }

            return;
        }

        var subject = new CountedSubject(hash, _subjects.VersionAt(position), _subjects.VariantAt(position), (ulong)_subjects.CellsAt(position)[1]);
        _subjects.MarkDone(position);
        foreach (var metric in metrics)
        {
            if (CollectedMetric.ValueOf(metric.Plan.Source, outcome) is not { } value)
            {
                metric.WithoutValue++;
            }
            else if (metric.Accepts(value))
            {
                metric.Enter(subject, value, metric.CountOf(value));
            }
        }
    }

    /// <summary>Stops waiting for outcomes that did not arrive within an hour.</summary>
    public void Close(long now)
    {
        ref var next = ref _subjects.Cursors[0];
        for (; next < _subjects.Tail && now - _subjects.ArrivedAt(next) >= LongestCall; next++)
        {
            Missing += _subjects.IsDone(next) ? 0 : 1;
        }
    }

    /// <summary>Forgets a version. Its index is reused for another version.</summary>
    public void RetireVersion(int version)
    {
        _subjects.RetireVersion(version);
        foreach (var metric in _metrics)
        {
            metric.RetireVersion(version);
        }
    }

    /// <summary>Continues with other metrics.</summary>
    public ExposingCalls With(IEnumerable<CollectedMetric> metrics) => new(metrics, _subjects) { HasOutcomes = HasOutcomes, Missing = Missing, Ignored = Ignored };

    /// <summary>Forgets the subjects, and gives their memory back to others.</summary>
    public void Release() => _subjects.Release();

    /// <summary>Writes the subjects.</summary>
    public void Write(BinaryWriter writer)
    {
        writer.Write(HasOutcomes);
        writer.Write(Missing);
        writer.Write(Ignored);
        _subjects.Write(writer);
    }

    /// <summary>Reads the data written by <see cref="Write"/>.</summary>
    /// <exception cref="FormatException">The data is invalid.</exception>
    public static ExposingCalls Read(BinaryReader reader, IEnumerable<CollectedMetric> metrics, int capacity)
    {
        var calls = new ExposingCalls(metrics)
        {
            HasOutcomes = reader.ReadBoolean(),
            Missing = OutcomeFormat.ReadCount(reader),
            Ignored = OutcomeFormat.ReadCount(reader),
            _subjects = SubjectQueue.Read(reader, CellCount, cursors: 1),
        };
        calls._subjects.Shrink(Math.Max(capacity, MaxWithoutOutcomes));
        return calls;
    }

    private CollectedMetric[] MetricsOf(string name)
    {
        if (_byName.TryGetValue(name, out var known))
        {
            return [.. _planned, .. known];
        }

        if (_byName.Count == MaxNames)
        {
            Ignored++;
            return _planned;
        }

        CollectedMetric[] metrics =
        [
            new(new PlannedMetric { Name = name, Source = MetricSource.OutcomeFailure, Definition = new MetricDefinition(TimeSpan.Zero, MetricAggregation.Any) }, isPlanned: false),
            new(new PlannedMetric { Name = name, Source = MetricSource.OutcomeDuration, Definition = new MetricDefinition(TimeSpan.Zero, MetricAggregation.Mean, Scale: MetricScale.Logarithmic) }, isPlanned: false),
        ];
        _metrics.AddRange(metrics);
        _byName.Add(name, metrics);
        return [.. _planned, .. metrics];
    }
}
