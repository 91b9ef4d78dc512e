using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>The outcomes of the subjects of one run after their first exposure: the values of each metric by version of the weights and by variant, in bounded memory.</summary>
internal sealed class RunOutcomes
{
    /// <summary>The number of planned metrics that are also read out by segment. The limit keeps a long plan from multiplying the memory of an experiment.</summary>
    private const int MaxSegmentedMetrics = 16;

    private readonly int _capacity;
    private StreamClock _clock = new();
    private RecentIds _ids;
    private OpenWindows _windows;
    private ExposingCalls _calls;

    /// <summary>Creates an instance without subjects.</summary>
    /// <param name="capacity">How many subjects may be held, a power of 2.</param>
    /// <param name="memory">What all experiments share; null for memory of its own.</param>
    public RunOutcomes(int capacity, SubjectMemory? memory = null)
    {
        _capacity = capacity;
        _ids = new RecentIds(memory);
        _windows = new OpenWindows([], memory);
        _calls = new ExposingCalls([], memory);
    }

    /// <summary>The metrics with a window.</summary>
    public OpenWindows Windows => _windows;

    /// <summary>The metrics of exposing calls.</summary>
    public ExposingCalls Calls => _calls;

    /// <summary>All metrics.</summary>
    public IEnumerable<CollectedMetric> Metrics => [.. _windows.Metrics, .. _calls.Metrics];

    /// <summary>The number of first exposures whose time was too far ahead to be accepted. Their subjects are left out.</summary>
    public long Unbelieved { get; private set; }

    /// <summary>The primary metric; null if it is not collected.</summary>
    public CollectedMetric? PrimaryOf(AnalysisPlan plan) => Metrics.FirstOrDefault(metric => metric.IsPlanned && metric.Measures(plan.PrimaryMetric));

    /// <summary>Continues with the metrics of a plan. Metrics with unchanged values keep them; new metrics start with the next subject.</summary>
    /// <param name="plan">The plan.</param>
    public void Follow(AnalysisPlan plan)
    {
        CollectedMetric[] before = [.. Metrics];
        List<CollectedMetric> windows = [], calls = [];
        foreach (var planned in plan.Metrics)
        {
            var metric = Array.Find(before, metric => metric.IsPlanned && metric.Measures(planned))
                ?? new CollectedMetric(planned, isPlanned: true, isSegmented: windows.Count + calls.Count < MaxSegmentedMetrics);
            metric.Follow(planned);
            (metric.IsOfExposingCall ? calls : windows).Add(metric);
        }

        calls.AddRange(before.Where(static metric => !metric.IsPlanned));
        _windows = _windows.With([.. windows]);
        _calls = _calls.With(calls);
    }

    /// <summary>Starts to collect values of a subject, at its first exposure.</summary>
    public void Open(in CountedSubject subject, ExposureEvent exposure, Guid id, DateTimeOffset now)
    {
        if (!Advance(now))
        {
            Unbelieved++;
            return;
        }

        _windows.Open(subject, exposure.Timestamp.UtcTicks, _clock.Now, _capacity);
        _calls.Open(subject, id, _clock.Now, _capacity);
    }

    /// <summary>Processes a metric event of a subject.</summary>
    public void Observe(MetricEvent metric, ulong subject, Guid id, DateTimeOffset now)
    {
        if (_windows.OfMetric(metric.MetricName) is not { } indices)
        {
            return;
        }

        Advance(now);
        Span<double> values = stackalloc double[indices.Length];
        for (var index = 0; index < values.Length; index++)
        {
            values[index] = _windows.Metrics[indices[index]].Accepts(metric.Value) ? metric.Value : double.NaN;
        }

        _windows.Add(indices, values, subject, metric.Timestamp.UtcTicks, IdOf(metric, id), _ids);
    }

    /// <summary>Processes the outcome of a subject's call.</summary>
    public void Observe(OutcomeEvent outcome, ulong subject, Guid id, DateTimeOffset now)
    {
        Advance(now);
        _calls.Observe(outcome, subject);
        var indices = _windows.OfOutcomes;
        Span<double> values = stackalloc double[indices.Length];
        for (var index = 0; index < values.Length; index++)
        {
            var metric = _windows.Metrics[indices[index]];
            values[index] = CollectedMetric.ValueOf(metric.Plan.Source, outcome) is { } value && metric.Accepts(value) ? value : double.NaN;
        }

        _windows.Add(indices, values, subject, outcome.Timestamp.UtcTicks, RecentIds.Of(id), _ids);
    }

    /// <summary>Closes the windows that have passed.</summary>
    /// <param name="now">The time until which all events are known.</param>
    public void Close(DateTimeOffset now)
    {
        _clock.Close(now);
        _windows.Close(_clock.Now, isOver: true);
        _calls.Close(_clock.Now);
    }

    /// <summary>Forgets a version. Its index is reused for another version.</summary>
    public void RetireVersion(int version)
    {
        _windows.RetireVersion(version);
        _calls.RetireVersion(version);
    }

    /// <summary>Gives the memory of the subjects back to others. The sums of the metrics stay.</summary>
    public void Release()
    {
        _windows.Release();
        _calls.Release();
        _ids.Release();
    }

    /// <summary>Writes the outcomes.</summary>
    public void Write(BinaryWriter writer)
    {
        _clock.Write(writer);
        writer.Write(Unbelieved);
        writer.Write(_windows.Metrics.Length);
        foreach (var metric in _windows.Metrics)
        {
            metric.Write(writer);
        }

        writer.Write(_calls.Metrics.Count);
        foreach (var metric in _calls.Metrics)
        {
            metric.Write(writer);
        }

        _windows.Write(writer);
        _calls.Write(writer);
        _ids.Write(writer);
    }

    /// <summary>Reads the data written by <see cref="Write"/>.</summary>
    /// <exception cref="FormatException">The data is invalid.</exception>
    public static RunOutcomes Read(BinaryReader reader, int capacity)
    {
        const int maxMetrics = 10_000;
        var outcomes = new RunOutcomes(capacity);
        outcomes._clock = StreamClock.Read(reader);
        outcomes.Unbelieved = OutcomeFormat.ReadCount(reader);
        List<CollectedMetric> windows = [], calls = [];
        foreach (var metrics in new[] { windows, calls })
        {
            for (var left = OutcomeFormat.Range(reader.ReadInt32(), 0, maxMetrics); left > 0; left--)
            {
                metrics.Add(CollectedMetric.Read(reader));
            }
        }

        outcomes._windows = OpenWindows.Read(reader, [.. windows], capacity);
        outcomes._calls = ExposingCalls.Read(reader, calls, capacity);
        outcomes._ids = RecentIds.Read(reader);
        return outcomes;
    }

    /// <summary>Closes the windows that have passed when an event arrives. More events can have the same time.</summary>
    private bool Advance(DateTimeOffset now)
    {
        var isAccepted = _clock.TryAdvance(now);
        _windows.Close(_clock.Now, isOver: false);
        _calls.Close(_clock.Now);
        return isAccepted;
    }

    /// <summary>Returns the id of the application's idempotency key, if there is one: the same purchase may be published twice, in two events.</summary>
    private static ulong IdOf(MetricEvent metric, Guid id)
    {
        if (metric.IdempotencyKey is not { } key)
        {
            return RecentIds.Of(id);
        }

        var seed = metric.TenantId is { } tenant ? Hash(tenant, 1) : 0;
        return Math.Max(1, (ulong)Hash(key, Hash(metric.MetricName, seed)));

        static long Hash(string text, long seed) => (long)XxHash3.HashToUInt64(MemoryMarshal.AsBytes(text.AsSpan()), seed);
    }
}
