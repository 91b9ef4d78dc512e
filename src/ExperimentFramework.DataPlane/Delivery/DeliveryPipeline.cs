namespace ExperimentFramework.DataPlane;

/// <summary>
/// The destinations and the queue in front of them, from creation to disposal. Callers write through <see cref="EventPublisher"/>.
/// </summary>
internal sealed class DeliveryPipeline : IAsyncDisposable, IDisposable
{
    private readonly Destination[] _destinations;
    private readonly Destination[] _immediate;
    private readonly List<Destination> _ownedDestinations = [];
    private readonly RecordPump? _pump;
    private readonly AccountPublisher _accounts;

    /// <summary>Publishes accounts if there is no worker to do it; null if there is.</summary>
    private readonly ITimer? _accountTimer;
    private readonly PipelineHealth _health;
    private readonly ShutdownBudget _shutdown;
    private volatile bool _isClosed;

    public DeliveryPipeline(
        IEnumerable<IDataBackplane> backplanes, DestinationFactory factory, PipelineHealth health, ShutdownBudget shutdown, PipelineContext context)
    {
        var settings = context.Options.Value;
        Context = context;
        _health = health;
        _shutdown = shutdown;
        Gate = new BackpressureGate(settings.MaxQueueSize, settings.BlockTimeout, context.Time);
        _destinations = [.. backplanes.SelectMany(backplane => factory.CreateAll(backplane, _ownedDestinations.Add))];
        factory.StartOutbox();
        _immediate = [.. _destinations.Where(destination => destination.IsImmediate)];
        RequireDistinctNames(_destinations);
        RequiredDestinations.Validate(settings.RequiredDestinations, _destinations);
        Destination[] queued = [.. _destinations.Except(_immediate)];
        // A worker whose destination is closed before the pump has ended waits for it: the last account comes after everything else.
        _accounts = new AccountPublisher(_destinations, () => _pump?.Ended.Wait(ShutdownBudget.ApplicationCode) != false, context);
        if (queued.Length == 0)
        {
            _accountTimer = context.Time.CreateTimer(_ => context.Faults.Guard(_accounts.Publish), null, settings.AccountingInterval, settings.AccountingInterval);
            return;
        }

        var wake = new AsyncAutoResetEvent();
        var callersWait = settings.FailureMode == BackplaneFailureMode.Block;
        Queue = new RecordQueue(settings.MaxQueueSize, settings.BatchSize, context.Sequence, wake);
        FastPathQueue = _immediate.Length == 0 ? Queue : null;
        var router = new DestinationRouter(queued, destination => callersWait && settings.RequiredDestinations.Contains(destination.Name), context);
        _pump = new RecordPump(Queue, Gate, router, _accounts, wake, context);
        context.Metrics.Watch(PipelineContext.PipelineName, () => Pending);
    }

    /// <summary>Gets what the parts of the pipeline share.</summary>
    public PipelineContext Context { get; }

    /// <summary>Gets every destination, including each destination of a composite.</summary>
    public IReadOnlyList<Destination> Destinations => _destinations;

    /// <summary>Gets the destinations that accept events without a queue.</summary>
    public ReadOnlySpan<Destination> Immediate => _immediate;

    /// <summary>Gets the queue in front of the other destinations; null if there are none.</summary>
    public RecordQueue? Queue { get; }

    /// <summary>Gets the queue, if callers may write into it and need to do nothing else; null otherwise, and once the pipeline has ended.</summary>
    public RecordQueue? FastPathQueue { get; private set; }

    /// <summary>Gets the callers that wait for capacity.</summary>
    public BackpressureGate Gate { get; }

    /// <summary>Gets whether the pipeline accepts no more events.</summary>
    public bool IsClosed => _isClosed;

    /// <summary>Gets the number of events that wait in front of all destinations.</summary>
    public long Pending => Queue?.Pending ?? 0;

    /// <summary>Gets whether an event would be accepted now, as far as that can be known before it is written.</summary>
    public bool HasCapacity => _destinations.Length > 0 && !_isClosed && Queue?.IsExhausted != true;

    /// <summary>Gets whether every worker waits.</summary>
    public bool IsResting => _pump?.IsResting != false && _destinations.All(destination => destination.IsResting);

    /// <summary>Waits until everything that was written before the call has been delivered or counted.</summary>
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        if (_pump is not null)
        {
            await _pump.FlushAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        await Task.WhenAll(_destinations.Select(destination => destination.FlushAsync(cancellationToken).AsTask())).ConfigureAwait(false);
    }

    /// <summary>Gets the health of the pipeline and of all its destinations.</summary>
    public ValueTask<BackplaneHealth> HealthAsync(CancellationToken cancellationToken) => _health.GetAsync(_destinations, Queue, cancellationToken);

    /// <summary>
    /// Accepts no more events and delivers those that are queued, for up to <see cref="DataPlaneOptions.ShutdownTimeout"/>; counts what is left as dropped. Each
    /// destination's worker ends with the last account of its stream.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        _isClosed = true;
        if (_pump is not null)
        {
            await CloseAsync(_pump).ConfigureAwait(false);
            Context.Drops.LogLostAtEnd();
            FastPathQueue = null;
        }

        if (_accountTimer is not null)
        {
            // An account that is being published takes its number before the last one.
            await _accountTimer.DisposeAsync().ConfigureAwait(false);
        }

        EndAccounts();
        await Task.WhenAll(_ownedDestinations.Select(destination => destination.DisposeAsync().AsTask())).ConfigureAwait(false);
    }

    /// <summary>Accepts no more events and counts what has not been delivered, because a synchronous caller cannot wait for it.</summary>
    public void Dispose()
    {
        _isClosed = true;
        if (_pump is not null)
        {
            _pump.Abandon();
            _ownedDestinations.ForEach(destination => destination.Close());
            _pump.Ended.Wait(ShutdownBudget.ApplicationCode);
            Context.Drops.LogLostAtEnd();
        }

        FastPathQueue = null;
        EndAccounts();
        _ownedDestinations.ForEach(destination => destination.Dispose());
    }

    /// <summary>Accounts, metrics and <see cref="DataPlaneOptions.RequiredDestinations"/> find destinations by name. Only a composite that the application made itself names its own.</summary>
    private static void RequireDistinctNames(Destination[] destinations)
    {
        if (destinations.GroupBy(destination => destination.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } same)
        {
            throw new InvalidOperationException(
                $"{same.Count()} destinations have the name '{same.Key}', because a CompositeDataBackplane that was created with its constructor names its destinations by itself. Register it with AddCompositeDataBackplane(...).");
        }
    }

    private void EndAccounts()
    {
        _accountTimer?.Dispose();
        Context.Faults.Guard(_accounts.EndImmediate);
    }

    private async ValueTask CloseAsync(RecordPump pump)
    {
        using var wait = _shutdown.Begin();
        try
        {
            await pump.CloseAsync().WaitAsync(wait.Remaining, Context.Time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // A destination that callers wait for does not accept its events: what is left ends here.
            pump.Abandon();
            _ownedDestinations.ForEach(destination => destination.Close());
            await Task.WhenAny(pump.Ended, Task.Delay(ShutdownBudget.ApplicationCode)).ConfigureAwait(false);
        }
    }
}
