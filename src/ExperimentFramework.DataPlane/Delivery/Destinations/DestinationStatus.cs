using System.Globalization;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>The status of one destination: what it accepted, what was lost in front of it, and since when it has been failing.</summary>
/// <param name="name">The destination's name.</param>
/// <param name="drops">Counts dropped events.</param>
/// <param name="metrics">The instruments.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
/// <param name="hasOutbox">Whether an outbox keeps what the destination cannot accept.</param>
internal sealed partial class DestinationStatus(
    string name, DropLedger drops, DeliveryMetrics metrics, TimeProvider time, ILogger logger, bool hasOutbox = false)
{
    /// <summary>A destination that has been failing for longer is unhealthy, and not only degraded.</summary>
    private static readonly TimeSpan TransientFailurePeriod = TimeSpan.FromMinutes(1);

    private readonly NonThrowingLogger _logger = NonThrowingLogger.Of(logger);
    private readonly FaultLatch _outage = new(time);
    private readonly FaultLatch _outboxFault = new(time);
    private readonly FaultLatch _rejections = new(time);
    private readonly FaultLatch _flushFault = new(time);
    private readonly DestinationCounters _counters = new(name, drops, metrics);
    private Exception? _flushError;
    private Exception? _lastError;
    private Failure? _failure;
    private Outage? _lastOutage;

    public string Name => name;

    /// <summary>Gets the loss in front of this destination.</summary>
    public LossDetector Losses { get; } = new(name, drops, time, NonThrowingLogger.Of(logger));

    /// <summary>Gets the counts that the destination's accounts are made of.</summary>
    public StreamAccount Account { get; } = new();

    /// <summary>Gets the unexpected exceptions of the destination's workers.</summary>
    public WorkerFaults Faults { get; } = new(name, time, NonThrowingLogger.Of(logger));

    public bool IsFailing => Volatile.Read(ref _failure) is not null;

    /// <summary>0 while the destination accepts events, 1 while it is failing and being retried, and 2 once it has failed for a minute.</summary>
    public int Level => Volatile.Read(ref _failure) is not { } failure ? 0
        : time.GetElapsedTime(failure.Timestamp) < TransientFailurePeriod ? 1
        : 2;

    /// <summary>Since when the destination has been failing; null if it is not.</summary>
    public DateTimeOffset? FailingSince => Volatile.Read(ref _failure)?.At;

    /// <summary>The last outage that has ended; null if there was none.</summary>
    public Outage? LastOutage => Volatile.Read(ref _lastOutage);

    /// <summary>The last reason why the destination did not accept events, as far as it may be shown; null if it has always accepted them.</summary>
    public string? LastErrorText => Volatile.Read(ref _lastError) is { } error ? TextOf(error) : null;

    public long Delivered => _counters.Delivered;

    public long Dropped => _counters.Dropped;

    /// <summary>Returns how much of an exception may appear in logs and health.</summary>
    public string TextOf(Exception exception) => _logger.Exceptions.MessageOf(exception);

    /// <summary>Counts events that the destination has accepted.</summary>
    public void CountDelivered(IReadOnlyList<QueuedEnvelope> delivered)
    {
        OnDelivered(delivered.Count);
        Account.CountDelivered(delivered);
    }

    /// <summary>Counts an event that the destination has accepted.</summary>
    public void CountDelivered(DataPlaneEvent delivered)
    {
        OnDelivered(1);
        Account.CountDelivered(delivered);
    }

    /// <summary>Counts an event that the queue has not accepted as dropped.</summary>
    public void Refuse(DataPlaneEnvelope envelope, string reason)
    {
        Drop(envelope, reason);
        Account.CountPublished(envelope.Payload);
    }

    public void Drop(DataPlaneEnvelope envelope, string reason) => Drop(EventKey.Of(envelope.Payload), envelope.EventId, reason);

    /// <summary>Counts an event that the outbox has dropped.</summary>
    public void Drop(OutboxDrop dropped) => Drop(dropped.Key, dropped.EventId, dropped.Reason);

    /// <summary>Counts events as dropped, starting at an index.</summary>
    public void Drop(List<QueuedEnvelope> events, int first, string reason)
    {
        for (var i = first; i < events.Count; i++)
        {
            Drop(events[i].Envelope, reason);
        }
    }

    private void OnDelivered(int count)
    {
        if (Volatile.Read(ref _flushError) is not null)
        {
            OnFlushed();
        }

        _counters.CountDelivered(count);
    }

    private void Drop(in EventKey key, Guid eventId, string reason)
    {
        _counters.CountDropped(key, reason);
        Account.CountDropped(key, reason, eventId);
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
            _counters.CountRetried(retried);
        }

        exception ??= SafeText.Own(new InvalidOperationException($"{name} did not accept {retried} events and gave no reason."));
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

    /// <summary>Called when the destination has answered, if only to reject events.</summary>
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

        if (Interlocked.Exchange(ref _failure, null) is { } failure)
        {
            Volatile.Write(ref _lastOutage, new Outage(failure.At, time.GetUtcNow()));
        }

        if (_outage.Reset())
        {
            LogRecovered(name);
        }

        if (rejection is not null && _rejections.Trip())
        {
            LogRejected(name, rejection);
        }
    }

    /// <summary>Called when the destination could not flush: it still accepts events, but may hold what it accepted.</summary>
    public void OnFlushFailed(Exception exception)
    {
        Volatile.Write(ref _flushError, exception);
        if (_flushFault.Trip())
        {
            LogFlushFailed(name, exception);
        }
    }

    /// <summary>Called when the destination has flushed, or accepted events since.</summary>
    public void OnFlushed()
    {
        Volatile.Write(ref _flushError, null);
        _flushFault.Reset();
    }

    /// <summary>Logs how many events were lost at shutdown since the last call.</summary>
    public void LogLostAtEnd()
    {
        if (_counters.TakeLostAtEnd() is var lost and > 0)
        {
            LogAbandoned(name, lost);
        }
    }

    /// <summary>Gets the health of the destination: its own, with what the pipeline has seen of it.</summary>
    /// <param name="own">The health that the destination reports.</param>
    /// <param name="queue">The queue in front of it.</param>
    public BackplaneHealth GetHealth(BackplaneHealth own, in DestinationQueueState queue)
    {
        var failure = Volatile.Read(ref _failure);
        var lastError = Volatile.Read(ref _lastError);
        var diagnostics = new Dictionary<string, object>(own.Diagnostics) { ["delivered"] = Delivered, ["dropped"] = Dropped };
        queue.Describe(diagnostics, time.GetUtcNow());
        if (Faults.Count > 0)
        {
            diagnostics["worker_faults"] = Faults.Count;
        }

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
            var text = string.Create(CultureInfo.InvariantCulture, $"{name} has been failing since {failure.At:O} and is being retried: {TextOf(lastError!)}");
            return time.GetElapsedTime(failure.Timestamp) >= TransientFailurePeriod
                ? BackplaneHealth.Unhealthy(text, diagnostics)
                : BackplaneHealth.Degraded(text, diagnostics);
        }

        return (DegradedReason ?? queue.DegradedReason(name)) is { } reason
            ? BackplaneHealth.Degraded(reason, diagnostics)
            : own with { Diagnostics = diagnostics };
    }

    private string? DegradedReason => Faults.DegradedReason
        ?? (Volatile.Read(ref _flushError) is { } error ? $"{name} could not flush what it holds: {TextOf(error)}" : null);

    [LoggerMessage(1, LogLevel.Error, "Destination {Destination} is failing and is being retried; what it cannot accept in time is {Fate}.", EventName = "DestinationFailing")]
    private partial void LogFailing(string destination, string fate, Exception exception);

    [LoggerMessage(2, LogLevel.Information, "Destination {Destination} has recovered.", EventName = "DestinationRecovered")]
    private partial void LogRecovered(string destination);

    [LoggerMessage(5, LogLevel.Error, "Destination {Destination} rejects events, which are counted as dropped.", EventName = "EventsRejected")]
    private partial void LogRejected(string destination, Exception exception);

    [LoggerMessage(6, LogLevel.Error, "Destination {Destination} could not flush, and may still hold events that it accepted.", EventName = "FlushFailed")]
    private partial void LogFlushFailed(string destination, Exception exception);

    [LoggerMessage(4, LogLevel.Error, "The outbox of destination {Destination} is failing and is being retried; events that it cannot store wait in memory while there is capacity, and are counted as dropped otherwise.", EventName = "OutboxFailing")]
    private partial void LogOutboxFailed(string destination, Exception exception);

    [LoggerMessage(3, LogLevel.Error,
        "Destination {Destination} was abandoned. Undelivered events, which were counted as dropped: {Count}. Host shutdown and DisposeAsync wait up to ShutdownTimeout; Dispose does not wait.", EventName = "DestinationAbandoned")]
    private partial void LogAbandoned(string destination, long count);

    /// <summary>Since when the destination has been failing: for people, and on the monotonic clock.</summary>
    private sealed record Failure(DateTimeOffset At, long Timestamp);

    /// <summary>A period in which the destination accepted nothing.</summary>
    /// <param name="From">When it began.</param>
    /// <param name="Until">When it ended.</param>
    internal sealed record Outage(DateTimeOffset From, DateTimeOffset Until);
}
