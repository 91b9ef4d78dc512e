using System.Globalization;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>What is known of one destination: what it took, what was lost in front of it, and since when it fails.</summary>
internal sealed partial class DestinationState(string name, DropLedger drops, DeliveryMetrics metrics, TimeProvider time, ILogger logger)
{
    /// <summary>A destination that fails for longer is no longer merely degraded.</summary>
    private static readonly TimeSpan PassingFailure = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly QuietLogger _logger = QuietLogger.Of(logger);
    private readonly FaultState _outage = new(time);
    private readonly FaultState _outboxFault = new(time);
    private readonly FaultState _rejections = new(time);
    private readonly FaultState _flushFault = new(time);
    private Exception? _flushError;
    private long _delivered;
    private long _dropped;
    private Exception? _lastError;
    private DateTimeOffset _failingSince;
    private bool _isFailing;

    public string Name => name;

    /// <summary>The loss in front of this destination.</summary>
    public LossWatch Losses { get; } = new(name, time);

    public bool IsFailing => Volatile.Read(ref _isFailing);

    public long Delivered => Interlocked.Read(ref _delivered);

    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>What may be told of an exception.</summary>
    public string TextOf(Exception exception) => _logger.Exceptions.Of(exception);

    public void CountDelivered(int count)
    {
        if (count == 0)
        {
            return;
        }

        if (Volatile.Read(ref _flushError) is not null)
        {
            Flushed();
        }

        Interlocked.Add(ref _delivered, count);
        metrics.CountDelivered(name, count);
    }

    public void Drop(DataPlaneEnvelope envelope, string reason) =>
        Drop(envelope.Payload.ExperimentName, DropLedger.VariantOf(envelope.Payload), reason);

    public void Drop(string experiment, string variant, string reason)
    {
        Interlocked.Increment(ref _dropped);
        drops.TallyOf(experiment, variant, reason).Increment();
        Losses.Lost(reason, Volatile.Read(ref _lastError));
    }

    public void OutboxFailed(Exception exception)
    {
        if (_outboxFault.Enter())
        {
            LogOutboxFailed(name, exception);
        }
    }

    public void Failed(Exception? exception, int retried)
    {
        if (retried > 0)
        {
            metrics.CountRetried(name, retried);
        }

        exception ??= SafeText.Own(new InvalidOperationException($"{name} did not take {retried} events and does not say why."));
        lock (_lock)
        {
            _lastError = exception;
            if (!_isFailing)
            {
                _isFailing = true;
                _failingSince = time.GetUtcNow();
            }
        }

        if (_outage.Enter())
        {
            LogFailing(name, exception);
        }
    }

    /// <summary>Notes that the destination answered, if only to reject events.</summary>
    public void Answered(Exception? rejection)
    {
        if (rejection is null && !IsFailing && !_outage.IsFailing)
        {
            return;
        }

        lock (_lock)
        {
            _lastError = rejection ?? _lastError;
            _isFailing = false;
        }

        if (_outage.Leave())
        {
            LogRecovered(name);
        }

        if (rejection is not null && _rejections.Enter())
        {
            LogRejected(name, rejection);
        }
    }

    /// <summary>Notes that the destination could not flush itself: it goes on taking events, but may hold what it took.</summary>
    public void NotFlushed(Exception exception)
    {
        Volatile.Write(ref _flushError, exception);
        if (_flushFault.Enter())
        {
            LogNotFlushed(name, exception);
        }
    }

    /// <summary>Notes that the destination flushed itself, or took events since.</summary>
    public void Flushed()
    {
        Volatile.Write(ref _flushError, null);
        _flushFault.Leave();
    }

    public void GivenUp(int left)
    {
        if (left > 0)
        {
            LogGivenUp(name, left);
        }
    }

    /// <summary>The destination's own word on its health, with what the pipeline has seen of it.</summary>
    public BackplaneHealth Judge(BackplaneHealth own, int queued, int capacity, DateTimeOffset? oldest, long? inOutbox)
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

        Exception? lastError;
        DateTimeOffset? failingSince;
        lock (_lock)
        {
            (lastError, failingSince) = (_lastError, _isFailing ? _failingSince : null);
        }

        if (lastError is not null)
        {
            diagnostics["last_error"] = TextOf(lastError);
        }

        if (failingSince is not null)
        {
            diagnostics["failing_since"] = failingSince.Value.ToString("O", CultureInfo.InvariantCulture);
        }

        if (!own.IsHealthy)
        {
            return own with { Diagnostics = diagnostics };
        }

        if (Losses.IsLosing)
        {
            return BackplaneHealth.Unhealthy(lastError is null ? $"{name} loses events." : $"{name} loses events: {TextOf(lastError)}", diagnostics);
        }

        if (failingSince is { } since)
        {
            var words = string.Create(CultureInfo.InvariantCulture, $"{name} fails since {since:O} and is tried again: {TextOf(lastError!)}");
            return time.GetUtcNow() - since >= PassingFailure
                ? BackplaneHealth.Unhealthy(words, diagnostics)
                : BackplaneHealth.Degraded(words, diagnostics);
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

    [LoggerMessage(1, LogLevel.Error, "Destination {Destination} is failing and is tried again; what it cannot take in time is counted as dropped.")]
    private partial void LogFailing(string destination, Exception exception);

    [LoggerMessage(2, LogLevel.Information, "Destination {Destination} has recovered.")]
    private partial void LogRecovered(string destination);

    [LoggerMessage(5, LogLevel.Error, "Destination {Destination} rejects events, which are counted as dropped.")]
    private partial void LogRejected(string destination, Exception exception);

    [LoggerMessage(6, LogLevel.Error, "Destination {Destination} could not flush, and may hold events that it took.")]
    private partial void LogNotFlushed(string destination, Exception exception);

    [LoggerMessage(4, LogLevel.Error, "The outbox of destination {Destination} fails; what it cannot keep is counted as dropped.")]
    private partial void LogOutboxFailed(string destination, Exception exception);

    [LoggerMessage(3, LogLevel.Error,
        "Destination {Destination} was given up with {Count} events that it had not taken, which are counted as dropped. The end of the host and DisposeAsync wait for them for ShutdownTimeout, a synchronous Dispose does not wait.")]
    private partial void LogGivenUp(string destination, int count);
}
