namespace ExperimentFramework.DataPlane.Science;

/// <summary>
/// The subjects whose windows are open, and their values since the first exposure. When the window of a metric closes, a subject's value is added to its sums, once. Values that arrive later are counted as late.
/// </summary>
/// <remarks>
/// A window closes when its length has passed on the stream's clock since the exposure arrived, so that nothing is lost if the whole stream is delayed. The times of the events decide which values count. Each subject takes 40 bytes, plus 8 for each
/// metric (16 for a mean).
/// </remarks>
internal sealed class OpenWindows
{
    /// <summary>The cell that holds the time of the first exposure.</summary>
    private const int FirstExposure = 0;

    /// <summary>The cell that holds the segments.</summary>
    private const int Segments = 1;

    /// <summary>The cell of a metric that was added after the subject: its values are not collected.</summary>
    private static readonly long NotCollected = BitConverter.DoubleToInt64Bits(double.NaN);

    private readonly CollectedMetric[] _metrics;
    private readonly int[] _cells;
    private readonly SubjectQueue _subjects;
    private readonly Dictionary<string, int[]> _byMetric;
    private readonly int[] _ofOutcomes;
    private long _nextDue = long.MaxValue;

    /// <summary>Creates an instance without subjects.</summary>
    /// <param name="metrics">The metrics whose windows are longer than the exposing call.</param>
    /// <param name="memory">The memory that all experiments share; null for memory of its own.</param>
    public OpenWindows(CollectedMetric[] metrics, SubjectMemory? memory = null)
        : this(metrics, new SubjectQueue(Segments + 1 + metrics.Sum(static metric => CellsOf(metric.Plan)), metrics.Length, memory))
    {
    }

    /// <param name="metrics">The metrics.</param>
    /// <param name="subjects">The subjects.</param>
    private OpenWindows(CollectedMetric[] metrics, SubjectQueue subjects)
    {
        _metrics = metrics;
        _cells = new int[metrics.Length];
        var next = Segments + 1;
        for (var metric = 0; metric < metrics.Length; metric++)
        {
            _cells[metric] = next;
            next += CellsOf(metrics[metric].Plan);
        }

        _subjects = subjects;
        _byMetric = Enumerable.Range(0, metrics.Length)
            .Where(index => metrics[index].Plan.Source == MetricSource.Metric)
            .GroupBy(index => metrics[index].Plan.Name, StringComparer.Ordinal)
            .ToDictionary(static group => group.Key, static group => group.ToArray(), StringComparer.Ordinal);
        _ofOutcomes = [.. Enumerable.Range(0, metrics.Length).Where(index => metrics[index].Plan.Source != MetricSource.Metric)];
        FindNextDue();
    }

    /// <summary>The metrics.</summary>
    public ReadOnlySpan<CollectedMetric> Metrics => _metrics;

    /// <summary>How often the threshold for new subjects was halved.</summary>
    public int Halvings => _subjects.Halvings;

    /// <summary>The memory used, in bytes.</summary>
    public long Bytes => _subjects.Bytes;

    /// <summary>The metrics that are computed from metric events of a name; null for none.</summary>
    public int[]? OfMetric(string name) => _byMetric.GetValueOrDefault(name);

    /// <summary>The metrics that are computed from outcomes.</summary>
    public int[] OfOutcomes => _ofOutcomes;

    /// <summary>The number of subjects whose window is open for a metric.</summary>
    public long OpenOf(int metric) => _subjects.Tail - _subjects.Cursors[metric];

    /// <summary>Opens the windows of a subject.</summary>
    /// <param name="subject">The subject.</param>
    /// <param name="firstExposure">When it was exposed, in ticks.</param>
    /// <param name="now">The stream's time.</param>
    /// <param name="capacity">How many subjects may be held.</param>
    public void Open(in CountedSubject subject, long firstExposure, long now, int capacity)
    {
        if (_metrics.Length == 0 || !_subjects.Includes(subject.Hash))
        {
            return;
        }

        var position = _subjects.Add(subject.Hash, subject.Version, subject.Variant, now, capacity);
        if (position >= 0)
        {
            var cells = _subjects.CellsAt(position);
            (cells[FirstExposure], cells[Segments]) = (firstExposure, (long)subject.Segments);
        }

        FindNextDue();
    }

    /// <summary>Adds the values of an event to the sums of its subject.</summary>
    /// <param name="metrics">The metrics to which it contributes.</param>
    /// <param name="values">Its value for each of them; NaN for none.</param>
    /// <param name="hash">The hash of the subject.</param>
    /// <param name="at">When it happened, in ticks.</param>
    /// <param name="id">The id by which it is recognized.</param>
    /// <param name="ids">The ids of earlier values.</param>
    public void Add(ReadOnlySpan<int> metrics, ReadOnlySpan<double> values, ulong hash, long at, ulong id, RecentIds ids)
    {
        var position = _subjects.Find(hash);
        if (position < 0)
        {
            return;
        }

        var cells = _subjects.CellsAt(position);
        bool? isNew = null;
        for (var index = 0; index < metrics.Length; index++)
        {
            var metric = _metrics[metrics[index]];
            if (double.IsNaN(values[index]) || cells[_cells[metrics[index]]] == NotCollected || at < cells[FirstExposure] || at - cells[FirstExposure] > metric.Plan.Definition.Window.Ticks)
            {
                continue;
            }

            if (!(isNew ??= ids.TryAdd(id)))
            {
                metric.Duplicates++;
            }
            else if (_subjects.Cursors[metrics[index]] > position)
            {
                metric.Late++;
            }
            else
            {
                AddTo(cells[_cells[metrics[index]]..], metric, values[index]);
            }
        }
    }

    /// <summary>Adds the values of subjects whose windows have closed.</summary>
    /// <param name="now">The stream's time.</param>
    /// <param name="isOver">Whether no more events with this time can arrive, so that windows ending at this time are closed as well.</param>
    public void Close(long now, bool isOver)
    {
        if (isOver ? now < _nextDue : now <= _nextDue)
        {
            return;
        }

        for (var index = 0; index < _metrics.Length; index++)
        {
            ref var next = ref _subjects.Cursors[index];
            var window = _metrics[index].Plan.Definition.Window.Ticks;
            for (; next < _subjects.Tail && (now - _subjects.ArrivedAt(next) is var age && (isOver ? age >= window : age > window)); next++)
            {
                var cells = _subjects.CellsAt(next);
                var (sum, count) = Result(_metrics[index], cells[_cells[index]..]);
                _metrics[index].Enter(new CountedSubject(0, _subjects.VersionAt(next), _subjects.VariantAt(next), (ulong)cells[Segments]), sum, count);
            }
        }

        FindNextDue();
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

    /// <summary>Continues with other metrics. Existing metrics keep their values; new ones start with the next subject.</summary>
    public OpenWindows With(CollectedMetric[] metrics)
    {
        List<int> cells = [FirstExposure, Segments], cursors = [];
        foreach (var metric in metrics)
        {
            var before = Array.IndexOf(_metrics, metric);
            cursors.Add(before);
            for (var cell = 0; cell < CellsOf(metric.Plan); cell++)
            {
                cells.Add(before < 0 ? -1 : _cells[before] + cell);
            }
        }

        if (metrics.Length == 0)
        {
            // Nothing is collected any more.
            _subjects.Release();
        }

        return new OpenWindows(metrics, _subjects.With([.. cells], [.. cursors], NotCollected));
    }

    /// <summary>Forgets the subjects, and gives their memory back to others.</summary>
    public void Release() => _subjects.Release();

    /// <summary>Writes the subjects.</summary>
    public void Write(BinaryWriter writer) => _subjects.Write(writer);

    /// <summary>Reads the data written by <see cref="Write"/>.</summary>
    /// <exception cref="FormatException">It does not fit the metrics.</exception>
    public static OpenWindows Read(BinaryReader reader, CollectedMetric[] metrics, int capacity)
    {
        var subjects = SubjectQueue.Read(reader, Segments + 1 + metrics.Sum(static metric => CellsOf(metric.Plan)), metrics.Length);
        subjects.Shrink(capacity);
        return new OpenWindows(metrics, subjects);
    }

    private static int CellsOf(PlannedMetric plan) => plan.Definition.Aggregation == MetricAggregation.Mean ? 2 : 1;

    private static void AddTo(Span<long> cells, CollectedMetric metric, double value)
    {
        ref var first = ref cells[0];
        var before = BitConverter.Int64BitsToDouble(first);
        first = BitConverter.DoubleToInt64Bits(metric.Plan.Definition.Aggregation switch
        {
            MetricAggregation.Any => Math.Max(before, metric.CountOf(value)),
            MetricAggregation.Count => before + metric.CountOf(value),
            _ => before + value,
        });
        if (metric.Plan.Definition.Aggregation == MetricAggregation.Mean)
        {
            cells[1]++;
        }
    }

    private static (double Sum, double Count) Result(CollectedMetric metric, ReadOnlySpan<long> cells)
    {
        var value = BitConverter.Int64BitsToDouble(cells[0]);
        return metric.Plan.Definition.Aggregation switch
        {
            MetricAggregation.Mean => (value, cells[1]),
            MetricAggregation.Sum => (value, 1),
            _ => (value, value),
        };
    }

    private void FindNextDue()
    {
        _nextDue = long.MaxValue;
        for (var index = 0; index < _metrics.Length; index++)
        {
            if (_subjects.Cursors[index] < _subjects.Tail)
            {
                var arrived = _subjects.ArrivedAt(_subjects.Cursors[index]);
                var window = _metrics[index].Plan.Definition.Window.Ticks;
                _nextDue = Math.Min(_nextDue, window > long.MaxValue - arrived ? long.MaxValue : arrived + window);
            }
        }
    }
}
