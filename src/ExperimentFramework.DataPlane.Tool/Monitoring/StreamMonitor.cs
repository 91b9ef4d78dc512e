using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>
/// Feeds a monitor with the events of files: by the clock of the events, and evaluated each minute of it, so that time series look as they would have in a process. Thread-safe.
/// </summary>
/// <param name="plans">The plans that go before those in the stream, at most one for each experiment.</param>
/// <param name="time">The clock of this process.</param>
/// <param name="options">The bounds of the monitor, and what it splits by; null for the defaults.</param>
internal sealed class StreamMonitor(IEnumerable<AnalysisPlan> plans, TimeProvider time, ExperimentMonitorOptions? options = null)
{
    private readonly Lock _gate = new();
    private (DateTimeOffset Time, long ArrivedAt) _latest;
    private long _unevaluated;
    private int _experiments;

    /// <summary>The time of the events, as far as it is believed.</summary>
    public BelievedTime Time { get; } = new(time);

    /// <summary>The monitor.</summary>
    public ExperimentMonitor Monitor { get; } = new(options, plans);

    /// <summary>How many events were taken.</summary>
    public long Events { get; private set; }

    /// <summary>Takes an event, in the order of time as far as possible.</summary>
    public void Observe(DataPlaneEnvelope envelope)
    {
        lock (_gate)
        {
            var before = Now;
            Time.Follow(envelope.Timestamp);
            if (Events > 0 && MinuteOf(Now) > MinuteOf(before) && _unevaluated >= _experiments)
            {
                // An evaluation costs as much as there are experiments: with many of them and few events there is not one each minute.
                EvaluateAt(before);
            }

            if (Now > before)
            {
                _latest = (Now, time.GetTimestamp());
            }

            Monitor.Observe(envelope, Now);
            Events++;
            _unevaluated++;
        }
    }

    /// <summary>Evaluates all experiments as of the latest event.</summary>
    public void Evaluate()
    {
        lock (_gate)
        {
            EvaluateAt(Now);
        }
    }

    /// <summary>Moves the time of the stream on by what has passed since the latest event arrived, and evaluates all experiments.</summary>
    public void Advance()
    {
        lock (_gate)
        {
            if (Events > 0)
            {
                Time.Advance(_latest.Time + time.GetElapsedTime(_latest.ArrivedAt));
                EvaluateAt(Now);
            }
        }
    }

    private DateTimeOffset Now => Time.Latest;

    private static long MinuteOf(DateTimeOffset time) => time.UtcTicks / TimeSpan.TicksPerMinute;

    private void EvaluateAt(DateTimeOffset now)
    {
        Monitor.Evaluate(now);
        _unevaluated = 0;
        _experiments = Monitor.GetStates().Count;
    }
}
