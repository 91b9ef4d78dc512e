using System.Collections;
using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Tests.Delivery;

/// <summary>Every call that delivery makes into code of the application, which throws where the test says so.</summary>
internal sealed class ForeignCalls
{
    private readonly ConcurrentDictionary<string, int> _made = new();

    /// <summary>Whether a call throws: its name, and which call of that name it is, from 1.</summary>
    public Func<string, int, bool> Throws { get; set; } = (_, _) => false;

    /// <summary>The calls made so far, by name.</summary>
    public IReadOnlyDictionary<string, int> Made => _made;

    public void Enter(string name)
    {
        var number = _made.AddOrUpdate(name, 1, static (_, before) => before + 1);
        if (Throws(name, number))
        {
            throw new FormatException($"{name} throws.");
        }
    }
}

internal sealed class ForeignClock(ForeignCalls calls, DateTimeOffset start) : FakeTimeProvider(start)
{
    public override DateTimeOffset GetUtcNow()
    {
        calls.Enter("clock: time");
        return base.GetUtcNow();
    }

    public override long GetTimestamp()
    {
        calls.Enter("clock: timestamp");
        return base.GetTimestamp();
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        calls.Enter("clock: timer");
        return base.CreateTimer(callback, state, dueTime, period);
    }
}

internal sealed class ForeignLogger(ForeignCalls calls) : ILoggerProvider, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel)
    {
        calls.Enter("logger: enabled");
        return true;
    }

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        calls.Enter("logger: log");
        formatter(state, exception);
    }

    public void Dispose()
    {
    }
}

internal sealed class ForeignPrivacy(ForeignCalls calls) : IExposureRedactor, IPseudonymKeyProvider
{
    private readonly PseudonymKey _key = new("k", new byte[32]);

    public string? Redact(string field, string value)
    {
        calls.Enter("redactor");
        return value;
    }

    public PseudonymKey GetKey()
    {
        calls.Enter("key provider");
        return _key;
    }
}

/// <summary>Fails each fourth batch, so that everything that follows a failure is called too.</summary>
internal sealed class ForeignBackplane(ForeignCalls calls) : IDataBackplane
{
    private readonly ConcurrentQueue<DataPlaneEnvelope> _taken = new();
    private int _batches;

    public IReadOnlyCollection<DataPlaneEnvelope> Taken => _taken;

    public ValueTask PublishAsync(DataPlaneEnvelope envelope, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public ValueTask<BatchResult> PublishAsync(IReadOnlyList<DataPlaneEnvelope> envelopes, CancellationToken cancellationToken = default)
    {
        calls.Enter("destination: publish");
        return PublishLaterAsync(envelopes);
    }

    public ValueTask FlushAsync(CancellationToken cancellationToken = default)
    {
        calls.Enter("destination: flush");
        return ValueTask.CompletedTask;
    }

    public ValueTask<BackplaneHealth> HealthAsync(CancellationToken cancellationToken = default)
    {
        calls.Enter("destination: health");
        return ValueTask.FromResult(BackplaneHealth.Healthy());
    }

    private async ValueTask<BatchResult> PublishLaterAsync(IReadOnlyList<DataPlaneEnvelope> envelopes)
    {
        await Task.Yield();
        calls.Enter("destination: publish, later");
        if (_batches++ % 4 == 3)
        {
            throw new IOException("down");
        }

        foreach (var envelope in envelopes)
        {
            _taken.Enqueue(envelope);
        }

        return BatchResult.FromStatuses(new ForeignStatuses(calls, envelopes.Count));
    }

    private sealed class ForeignStatuses(ForeignCalls calls, int count) : IReadOnlyList<DeliveryStatus>
    {
        public int Count
        {
            get
            {
                calls.Enter("answer: count");
                return count;
            }
        }

        public DeliveryStatus this[int index]
        {
            get
            {
                calls.Enter("answer: item");
                return DeliveryStatus.Delivered;
            }
        }

        public IEnumerator<DeliveryStatus> GetEnumerator() => throw new NotSupportedException();

        IEnumerator IEnumerable.GetEnumerator() => throw new NotSupportedException();
    }
}

/// <summary>Attributes that the application enumerates as it likes.</summary>
internal sealed class ForeignAttributes(ForeignCalls calls) : IReadOnlyDictionary<string, object?>
{
    public int Count => 1;

    public IEnumerable<string> Keys => ["email"];

    public IEnumerable<object?> Values => ["a"];

    public object? this[string key] => "a";

    public bool ContainsKey(string key) => key == "email";

    public bool TryGetValue(string key, out object? value)
    {
        value = "a";
        return true;
    }

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
    {
        calls.Enter("attributes");
        yield return new KeyValuePair<string, object?>("email", "a");
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

internal sealed class ForeignOutbox(ForeignCalls calls) : IEventOutbox
{
    private readonly Lock _lock = new();
    private readonly List<QueuedEnvelope> _stored = [];

    public long NextPosition(string destination) => 0;

    public long Count(string destination)
    {
        lock (_lock)
        {
            return _stored.Count;
        }
    }

    public int Append(string destination, IReadOnlyList<QueuedEnvelope> events, OutboxDropHandler lost)
    {
        calls.Enter("outbox: append");
        lock (_lock)
        {
            _stored.AddRange(events);
            return events.Count;
        }
    }

    public void Read(string destination, List<QueuedEnvelope> into, int max, OutboxDropHandler lost)
    {
        calls.Enter("outbox: read");
        lock (_lock)
        {
            into.AddRange(_stored.OrderBy(queued => queued.Position).Take(max));
        }
    }

    public void Remove(string destination, IReadOnlyList<QueuedEnvelope> events)
    {
        calls.Enter("outbox: remove");
        lock (_lock)
        {
            _stored.RemoveAll(events.Contains);
        }
    }
}

/// <summary>Listens to what workers measure, on their threads.</summary>
internal sealed class ForeignListener : IDisposable
{
    private readonly MeterListener _listener = new();

    public ForeignListener(ForeignCalls calls, IMeterFactory factory)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == DeliveryMetrics.MeterName && instrument.Meter.Scope == factory && !instrument.IsObservable)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, _, _, _) => calls.Enter("metrics"));
        _listener.SetMeasurementEventCallback<int>((_, _, _, _) => calls.Enter("metrics"));
        _listener.SetMeasurementEventCallback<double>((_, _, _, _) => calls.Enter("metrics"));
        _listener.Start();
    }

    public void Dispose() => _listener.Dispose();
}
