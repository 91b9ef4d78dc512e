using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// One destination with what stands in front of it: a bounded queue and one worker, or nothing for an immediate one.
/// What the destination does, or fails to do, stays here.
/// </summary>
internal sealed partial class Destination : IAsyncDisposable, IDisposable
{
    private const int QueueCapacity = 10_000;
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan HealthTimeout = TimeSpan.FromSeconds(5);

    private readonly IDataBackplane _backplane;
    private readonly IImmediateBackplane? _immediate;
    private readonly DropLedger _drops;
    private readonly TimeProvider _time;
    private readonly QuietLogger _logger;
    private readonly Channel<Item> _queue;
    private readonly CancellationTokenSource _abort = new();
    private readonly Task _worker;
    private DataPlaneEnvelope? _inFlight;
    private long _delivered;
    private long _dropped;
    private Exception? _failure;
    private int _closed;

    public Destination(IDataBackplane backplane, DropLedger drops, TimeProvider time, ILogger logger)
    {
        _backplane = backplane;
        _immediate = backplane as IImmediateBackplane;
        _drops = drops;
        _time = time;
        _logger = new QuietLogger(logger);
        Name = backplane.GetType().Name;
        _queue = Channel.CreateBounded<Item>(new BoundedChannelOptions(QueueCapacity));
        _worker = _immediate is null ? StartWorker() : Task.CompletedTask;
    }

    public string Name { get; }

    /// <summary>Takes the event or counts it as dropped; never waits and never throws.</summary>
    public bool TryPublish(DataPlaneEnvelope envelope)
    {
        if (Volatile.Read(ref _closed) != 0)
        {
            Drop(envelope, DropReasons.Shutdown);
            return false;
        }

        if (_immediate is not null)
        {
            _immediate.Publish(envelope);
            Interlocked.Increment(ref _delivered);
            return true;
        }

        if (_queue.Writer.TryWrite(new Item(envelope, null)))
        {
            return true;
        }

        Drop(envelope, Volatile.Read(ref _closed) != 0 ? DropReasons.Shutdown : DropReasons.QueueFull);
        return false;
    }

    /// <summary>Waits until what was published before is delivered or counted, then flushes the destination itself.</summary>
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        if (_immediate is null)
        {
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            try
            {
                await _queue.Writer.WriteAsync(new Item(null, reached), cancellationToken).ConfigureAwait(false);
            }
            catch (ChannelClosedException)
            {
                await _worker.WaitAsync(cancellationToken).ConfigureAwait(false);
                return;
            }

            await reached.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        try
        {
            await _backplane.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Failed(exception);
        }
    }

    /// <summary>The destination's own word on its health, with what the pipeline has seen of it.</summary>
    public async ValueTask<BackplaneHealth> HealthAsync(CancellationToken cancellationToken)
    {
        BackplaneHealth own;
        try
        {
            own = await _backplane.HealthAsync(cancellationToken).AsTask().WaitAsync(HealthTimeout, _time, cancellationToken).ConfigureAwait(false)
                ?? BackplaneHealth.Unhealthy($"{Name} answered no health.");
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            own = BackplaneHealth.Unhealthy($"The health check of {Name} failed: {exception.Message}");
        }

        var failure = Volatile.Read(ref _failure);
        var diagnostics = new Dictionary<string, object>(own.Diagnostics)
        {
            ["delivered"] = Interlocked.Read(ref _delivered),
            ["dropped"] = Interlocked.Read(ref _dropped),
            ["queued"] = _queue.Reader.Count,
        };
        if (failure is null)
        {
            return own with { Diagnostics = diagnostics };
        }

        diagnostics["last_error"] = failure.Message;
        return BackplaneHealth.Unhealthy($"{Name} failed last: {failure.Message}", diagnostics);
    }

    /// <summary>Closes the queue and gives the worker a short time to empty it; what is left is counted as dropped.</summary>
    public async ValueTask DisposeAsync()
    {
        Close();
        try
        {
            await _worker.WaitAsync(DrainTimeout, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            GiveUp();
        }
    }

    /// <summary>Closes the queue without waiting; what is left is counted as dropped, because a synchronous caller cannot wait for it.</summary>
    public void Dispose()
    {
        Close();
        if (!_worker.IsCompleted)
        {
            GiveUp();
        }
    }

    private void Close()
    {
        if (Interlocked.Exchange(ref _closed, 1) == 0)
        {
            _queue.Writer.TryComplete();
        }
    }

    private void GiveUp()
    {
        // Whoever takes the event in flight accounts for it: a worker that comes back later finds it taken.
        if (Interlocked.Exchange(ref _inFlight, null) is { } inFlight)
        {
            Drop(inFlight, DropReasons.Shutdown);
        }

        var left = 0;
        while (_queue.Reader.TryRead(out var item))
        {
            if (item.Envelope is not null)
            {
                left++;
                Drop(item.Envelope, DropReasons.Shutdown);
            }

            item.FlushReached?.TrySetResult();
        }

        if (left > 0)
        {
            LogGivenUp(Name, left);
        }

        _abort.Cancel();
    }

    /// <summary>The worker serves every caller, so it must not carry on the activity and async locals of the first.</summary>
    private Task StartWorker()
    {
        if (ExecutionContext.IsFlowSuppressed())
        {
            return WorkAsync();
        }

        using (ExecutionContext.SuppressFlow())
        {
            return WorkAsync();
        }
    }

    private async Task WorkAsync()
    {
        // Off the constructor's thread and context: whoever builds the pipeline does not deliver its events.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        while (await _queue.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            while (_queue.Reader.TryRead(out var item))
            {
                if (item.Envelope is not null)
                {
                    await DeliverAsync(item.Envelope).ConfigureAwait(false);
                }

                item.FlushReached?.TrySetResult();
            }
        }
    }

    private async ValueTask DeliverAsync(DataPlaneEnvelope envelope)
    {
        Volatile.Write(ref _inFlight, envelope);
        Exception? failure = null;
        try
        {
            await _backplane.PublishAsync(envelope, _abort.Token).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            failure = exception;
        }

        if (Interlocked.Exchange(ref _inFlight, null) is null)
        {
            return;
        }

        if (failure is not null)
        {
            Drop(envelope, DropReasons.DestinationError);
            Failed(failure);
            return;
        }

        Interlocked.Increment(ref _delivered);
        if (Interlocked.Exchange(ref _failure, null) is not null)
        {
            LogRecovered(Name);
        }
    }

    private void Failed(Exception exception)
    {
        if (Interlocked.Exchange(ref _failure, exception) is null)
        {
            LogFailing(Name, exception);
        }
    }

    private void Drop(DataPlaneEnvelope envelope, string reason)
    {
        Interlocked.Increment(ref _dropped);
        _drops.Count(envelope.Payload, reason);
    }

    [LoggerMessage(1, LogLevel.Error, "Destination {Destination} is failing; its events are counted as dropped until it recovers.")]
    private partial void LogFailing(string destination, Exception exception);

    [LoggerMessage(2, LogLevel.Information, "Destination {Destination} has recovered.")]
    private partial void LogRecovered(string destination);

    [LoggerMessage(3, LogLevel.Error,
        "Destination {Destination} was disposed with {Count} events in its queue, which are counted as dropped. Stop the host, or dispose the container with DisposeAsync, to deliver them.")]
    private partial void LogGivenUp(string destination, int count);

    private readonly record struct Item(DataPlaneEnvelope? Envelope, TaskCompletionSource? FlushReached);
}
