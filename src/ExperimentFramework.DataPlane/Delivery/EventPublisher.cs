using System.Diagnostics;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// The caller's side of the pipeline: writes records into the queue, or events straight into the destinations that are immediate.
/// </summary>
internal sealed class EventPublisher : IEventPublisher
{
    private readonly PipelineContext _context;
    private readonly bool _blocks;

    public EventPublisher(DeliveryPipeline pipeline)
    {
        var settings = pipeline.Context.Options.Value;
        Pipeline = pipeline;
        _context = pipeline.Context;
        _blocks = settings.FailureMode == BackplaneFailureMode.Block;
        MaxAttributeLength = settings.MaxAttributeLength;
        BlockTimeout = settings.BlockTimeout;
    }

    /// <summary>Gets the pipeline that it writes into.</summary>
    public DeliveryPipeline Pipeline { get; }

    /// <summary>Gets how long a caller waits for capacity at most.</summary>
    public TimeSpan BlockTimeout { get; }

    /// <summary>Gets the length in characters at which an attribute's text is truncated.</summary>
    public int MaxAttributeLength { get; }

    /// <summary>Gets the clock of everything that is published. It does not throw.</summary>
    public TimeProvider Time => _context.Time;

    /// <summary>Gets whether events of a category are published.</summary>
    public bool IsEnabled(DataPlaneEventType category) => _context.Options.Value.IsEnabled(category);

    /// <summary>Gets the event id of a record.</summary>
    public Guid GetEventId(long timestamp, long number) => _context.Envelopes.GetEventId(timestamp, number);

    /// <summary>
    /// Reserves a place in the calling thread's queue, to be filled in and committed. Null if the record must go through
    /// <see cref="Write(in EventRecord, in EnqueueWait)"/>.
    /// </summary>
    public RecordProducer? TryReserve() => Pipeline.FastPathQueue?.TryReserve();

    /// <summary>Writes a record, or counts it as dropped. Never throws.</summary>
    /// <param name="record">The record, with its timestamps and its factory and payload.</param>
    /// <param name="wait">How the call waits for capacity, if callers wait.</param>
    public EnqueueResult Write(in EventRecord record, in EnqueueWait wait)
    {
        if (Pipeline.Destinations.Count == 0 || Pipeline.IsClosed)
        {
            Drop(record, DropReasons.NoDestination);
            return default;
        }

        return Pipeline.Immediate.Length == 0 ? Enqueue(record, wait) : WriteImmediately(record, wait);
    }

    /// <summary>Writes an event, if its category is enabled.</summary>
    public EnqueueResult Write(DataPlaneEvent dataPlaneEvent, in EnqueueWait wait) =>
        IsEnabled(dataPlaneEvent.EventType) ? Write(RecordOf(dataPlaneEvent), wait) : default;

    public async ValueTask PublishAsync(DataPlaneEvent dataPlaneEvent, CancellationToken cancellationToken = default)
    {
        PublishedEvent.Require(dataPlaneEvent);
        cancellationToken.ThrowIfCancellationRequested();
        if (!IsEnabled(dataPlaneEvent.EventType))
        {
            return;
        }

        if (Write(PublishedEvent.Capture(dataPlaneEvent, MaxAttributeLength), new EnqueueWait(WaitMode.Task, cancellationToken)).PendingAdmission is { } waiting && !await waiting.ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    public ValueTask FlushAsync(CancellationToken cancellationToken = default) => Pipeline.FlushAsync(cancellationToken);

    public ValueTask<BackplaneHealth> HealthAsync(CancellationToken cancellationToken = default) => Pipeline.HealthAsync(cancellationToken);

    private EnqueueResult WriteImmediately(in EventRecord record, in EnqueueWait wait)
    {
        var numbered = record;
        numbered.Number = _context.Sequence.Reserve(1);
        var isCreated = _context.Envelopes.TryCreate(numbered, out var before, out var envelope);
        if (before is not null)
        {
            // In Block mode this event also waits for capacity, but no caller waits for it.
            Write(_context.Prebuilt.RecordOf(before, record.Activity, record.EnqueuedAt), EnqueueWait.InBackground);
        }

        if (!isCreated)
        {
            Drop(numbered, DropReasons.Serialization);
            return default;
        }

        foreach (var destination in Pipeline.Immediate)
        {
            destination.TryPublish(envelope!);
        }

        if (Pipeline.Queue is null)
        {
            _context.Metrics.CountPassedOn(envelope!.EventType);
            return new EnqueueResult(numbered.Number);
        }

        // Stamp it again: other records may have been enqueued while this event was being created.
        numbered.Payload = envelope;
        numbered.EnqueuedAt = _context.Time.GetUtcNow().UtcTicks;
        return new EnqueueResult(numbered.Number, Enqueue(numbered, wait).PendingAdmission);
    }

    private EnqueueResult Enqueue(in EventRecord record, in EnqueueWait wait)
    {
        var number = TryCommit(record);
        if (number != 0)
        {
            return new EnqueueResult(number);
        }

        if (_blocks && Pipeline.Gate.TryEnter())
        {
            return EnqueueWhenCapacity(record, wait);
        }

        Drop(record, DropReasons.QueueFull);
        return default;
    }

    private EnqueueResult EnqueueWhenCapacity(EventRecord record, in EnqueueWait wait)
    {
        if (record.Number == 0)
        {
            record.Number = _context.Sequence.Reserve(1);
        }

        if (wait.Mode == WaitMode.Task)
        {
            return new EnqueueResult(record.Number, EnqueueWhenCapacityAsync(record, wait.CancellationToken));
        }

        if (Pipeline.Gate.Wait(() => TryCommit(record) != 0, wait.CancellationToken))
        {
            return new EnqueueResult(record.Number);
        }

        Drop(record, DropReasons.Timeout);
        return default;
    }

    private async Task<bool> EnqueueWhenCapacityAsync(EventRecord record, CancellationToken cancellationToken)
    {
        if (await Pipeline.Gate.WaitAsync(() => TryCommit(record) != 0, cancellationToken).ConfigureAwait(false))
        {
            return true;
        }

        Drop(record, DropReasons.Timeout);
        return false;
    }

    private long TryCommit(in EventRecord record)
    {
        if (Pipeline.Queue!.TryReserve() is not { } producer)
        {
            return 0;
        }

        producer.Reserved = record;
        return record.Number == 0 ? producer.Commit() : producer.Commit(record.Number);
    }

    private void Drop(in EventRecord record, string reason) => _context.Drops.Drop(record, Pipeline.IsClosed ? DropReasons.Shutdown : reason);

    private EventRecord RecordOf(DataPlaneEvent dataPlaneEvent) => _context.Prebuilt.RecordOf(dataPlaneEvent, Activity.Current, _context.Time.GetUtcNow().UtcTicks);
}
