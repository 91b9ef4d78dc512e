using System.Globalization;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>What is known of one destination: what it took, what was lost in front of it, and since when it fails.</summary>
/// <param name="name">The destination's name.</param>
/// <param name="drops">Counts what is dropped.</param>
/// <param name="metrics">Counts what is delivered and tried again.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
/// <param name="hasOutbox">Whether what the destination cannot take is kept.</param>
internal sealed partial class DestinationStatus(
    string name, DropLedger drops, DeliveryMetrics metrics, TimeProvider time, ILogger logger, bool hasOutbox = false)
{
    /// <summary>A destination that fails for longer is no longer merely degraded.</summary>
    private static readonly TimeSpan TransientFailurePeriod = TimeSpan.FromMinutes(1);

    private readonly NonThrowingLogger _logger = NonThrowingLogger.Of(logger);
    private readonly FaultLatch _outage = new(time);
    private readonly FaultLatch _outboxFault = new(time);
    private readonly FaultLatch _rejections = new(time);
    private readonly FaultLatch _flushFault = new(time);
    private Exception? _flushError;
    private long _delivered;
    private long _dropped;
    private long _lostAtEnd;
    private Exception? _lastError;
    private Failure? _failure;

    public string Name => name;

    /// <summary>The loss in front of this destination.</summary>
    public LossDetector Losses { get; } = new(name, time, NonThrowingLogger.Of(logger));

    /// <summary>What the destination's workers met and do not expect.</summary>
    public WorkerFaults Faults { get; } = new(name, time, NonThrowingLogger.Of(logger));

    public bool IsFailing => Volatile.Read(ref _failure) is not null;

    public long Delivered => Interlocked.Read(ref _delivered);

    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>What may be told of an exception.</summary>
    public string TextOf(Exception exception) => _logger.Exceptions.MessageOf(exception);

    public void CountDelivered(int count)
    {
        if (count == 0)
        {
            return;
        }

        if (Volatile.Read(ref _flushError) is not null)
        {
            OnFlushed();
        }

        Interlocked.Add(ref _delivered, count);
        metrics.CountDelivered(name, count);
    }

    public void Drop(DataPlaneEnvelope envelope, string reason) =>
        Drop(envelope.Payload.ExperimentName, DropLedger.VariantOf(envelope.Payload), reason);

    /// <summary>Counts events as dropped, from one on.</summary>
    public void Drop(List<QueuedEnvelope> events, int first, string reason)
    {
        for (var i = first; i < events.Count; i++)
        {
            Drop(events[i].Envelope, reason);
        }
    }

    public void Drop(string experiment, string variant, string reason)
    {
        Interlocked.Increment(ref _dropped);
        if (reason == DropReasons.Shutdown)
        {
            Interlocked.Increment(ref _lostAtEnd);
        }

        drops.CounterFor(experiment, variant, reason, name).Increment();
        Losses.Record(reason, Volatile.Read(ref _lastError));
    }

    public void OnOutboxFailed(Exception exception)
    {
        if (_outboxFault.Trip())
        {
            LogOutboxFailed(name, exception);
        }
    }

    public void OnFailed(Exception? exception, int retried)
    {
        if (retried > 0)
        {
            metrics.CountRetried(name, retried);
        }

        exception ??= SafeText.Own(new InvalidOperationException($"{name} did not take {retried} events and does not say why."));
        Volatile.Write(ref _lastError, exception);
        if (!IsFailing)
        {
            Volatile.Write(ref _failure, new Failure(time.GetUtcNow(), time.GetTimestamp()));
        }

        if (_outage.Trip())
        {
            LogFailing(name, hasOutbox ? "kept in the outbox" : "counted as dropped", exception);
        }
    }

    /// <summary>Notes that the destination answered, if only to reject events.</summary>
    public void OnSucceeded(Exception? rejection)
    {
        if (rejection is null && !IsFailing && !_outage.IsFailing)
        {
            return;
        }

        if (rejection is not null)
        {
            Volatile.Write(ref _lastError, rejection);
        }

        Volatile.Write(ref _failure, null);
        if (_outage.Reset())
        {
            LogRecovered(name);
        }

        if (rejection is not null && _rejections.Trip())
        {
            LogRejected(name, rejection);
        }
    }

    /// <summary>Notes that the destination could not flush itself: it goes on taking events, but may hold what it took.</summary>
    public void OnFlushFailed(Exception exception)
    {
        Volatile.Write(ref _flushError, exception);
        if (_flushFault.Trip())
        {
            LogFlushFailed(name, exception);
        }
    }

    /// <summary>Notes that the destination flushed itself, or took events since.</summary>
    public void OnFlushed()
    {
        Volatile.Write(ref _flushError, null);
        _flushFault.Reset();
    }

    /// <summary>At the end: says how many events were lost by it since it was said last.</summary>
    public void LogLostAtEnd()
    {
        if (Interlocked.Exchange(ref _lostAtEnd, 0) is var lost and > 0)
        {
            LogAbandoned(name, lost);
        }
    }

    /// <summary>The destination's own word on its health, with what the pipeline has seen of it.</summary>
    public BackplaneHealth GetHealth(BackplaneHealth own, int queued, int capacity, DateTimeOffset? oldest, long? inOutbox)
    {
        var diagnostics = new Dictionary<string, object>(own.Diagnostics)
        {
            ["delivered"] = Delivered,
            ["dropped"] = Dropped,
            ["queued"] = queued,
            ["queue_capacity"] = capacity,
        };
        if (oldest is { } happenedAt)
        {
            diagnostics["oldest_age_seconds"] = Math.Max(0, (time.GetUtcNow() - happenedAt).TotalSeconds);
        }

        if (inOutbox is { } waiting)
        {
            diagnostics["in_outbox"] = waiting;
        }

        if (Faults.Count > 0)
        {
            diagnostics["worker_faults"] = Faults.Count;
        }

        var failure = Volatile.Read(ref _failure);
        var lastError = Volatile.Read(ref _lastError);
        if (lastError is not null)
        {
            diagnostics["last_error"] = TextOf(lastError);
        }

        if (failure is not null)
        {
            diagnostics["failing_since"] = failure.At.ToString("O", CultureInfo.InvariantCulture);
        }

        if (!own.IsHealthy)
        {
            return own with { Diagnostics = diagnostics };
        }

        if (Losses.HasRecentLoss)
        {
            return BackplaneHealth.Unhealthy(lastError is null ? $"{name} loses events." : $"{name} loses events: {TextOf(lastError)}", diagnostics);
        }

        if (failure is not null)
        {
            var words = string.Create(CultureInfo.InvariantCulture, $"{name} fails since {failure.At:O} and is tried again: {TextOf(lastError!)}");
            return time.GetElapsedTime(failure.Timestamp) >= TransientFailurePeriod
                ? BackplaneHealth.Unhealthy(words, diagnostics)
                : BackplaneHealth.Degraded(words, diagnostics);
        }

        if (Faults.DegradedReason is { } trouble)
        {
            return BackplaneHealth.Degraded(trouble, diagnostics);
        }

        if (Volatile.Read(ref _flushError) is { } flushError)
        {
            return BackplaneHealth.Degraded($"{name} could not flush what it holds: {TextOf(flushError)}", diagnostics);
        }

        if (inOutbox > 0)
        {
            return BackplaneHealth.Degraded(string.Create(CultureInfo.InvariantCulture, $"{inOutbox} events for {name} wait in the outbox."), diagnostics);
        }

        return queued * 5L >= capacity * 4L && capacity > 1
            ? BackplaneHealth.Degraded(string.Create(CultureInfo.InvariantCulture, $"{queued} of at most {capacity} events wait for {name}."), diagnostics)
            : own with { Diagnostics = diagnostics };
    }

    [LoggerMessage(1, LogLevel.Error, "Destination {Destination} is failing and is tried again; what it cannot take in time is {Fate}.", EventName = "DestinationFailing")]
    private partial void LogFailing(string destination, string fate, Exception exception);

    [LoggerMessage(2, LogLevel.Information, "Destination {Destination} has recovered.", EventName = "DestinationRecovered")]
    private partial void LogRecovered(string destination);

    [LoggerMessage(5, LogLevel.Error, "Destination {Destination} rejects events, which are counted as dropped.", EventName = "EventsRejected")]
    private partial void LogRejected(string destination, Exception exception);

    [LoggerMessage(6, LogLevel.Error, "Destination {Destination} could not flush, and may hold events that it took.", EventName = "FlushFailed")]
    private partial void LogFlushFailed(string destination, Exception exception);

    [LoggerMessage(4, LogLevel.Error, "The outbox of destination {Destination} fails and is tried again; what it cannot keep waits in memory, where there is room, and is counted as dropped otherwise.", EventName = "OutboxFailing")]
    private partial void LogOutboxFailed(string destination, Exception exception);

    [LoggerMessage(3, LogLevel.Error,
        "Destination {Destination} was abandoned with {Count} undelivered events, which were counted as dropped. Host shutdown and DisposeAsync wait up to ShutdownTimeout; Dispose does not wait.", EventName = "DestinationAbandoned")]
    private partial void LogAbandoned(string destination, long count);

    /// <summary>Since when the destination fails: for people, and on the monotonic clock.</summary>
    private sealed record Failure(DateTimeOffset At, long Timestamp);
}
