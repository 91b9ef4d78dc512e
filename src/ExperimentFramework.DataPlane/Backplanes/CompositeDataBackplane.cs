using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Combines several destinations in one registration. Each has its own queue, so one that fails or is slow never affects
/// the others; failures are counted and shown in health. The composite owns its destinations and disposes them.
/// </summary>
public sealed class CompositeDataBackplane : IDataBackplane, IDestinationGroup, IAsyncDisposable, IDisposable
{
    private readonly IDataBackplane[] _backplanes;
    private readonly DropLedger _drops;
    private readonly Destination[] _destinations;
    private readonly BackplaneDisposal _disposal;
    private readonly DeliveryMetrics? _ownMetrics;

    /// <summary>Initializes a composite.</summary>
    /// <param name="backplanes">The destinations: at least one.</param>
    /// <param name="loggerFactory">Creates the loggers for failures of destinations; null to log nothing.</param>
    /// <exception cref="ArgumentNullException"><paramref name="backplanes"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="backplanes"/> is empty or contains null.</exception>
    public CompositeDataBackplane(IEnumerable<IDataBackplane> backplanes, ILoggerFactory? loggerFactory = null)
        : this(backplanes, loggerFactory ?? NullLoggerFactory.Instance, new DropLedger())
    {
    }

    internal CompositeDataBackplane(IEnumerable<IDataBackplane> backplanes, DestinationFactory factory, DropLedger drops)
    {
        ArgumentNullException.ThrowIfNull(backplanes);
        _backplanes = backplanes.ToArray();
        if (_backplanes.Length == 0 || _backplanes.Contains(null!))
        {
            throw new ArgumentException("A composite requires at least one backplane, and none may be null.", nameof(backplanes));
        }

        _drops = drops;
        _disposal = new BackplaneDisposal(factory.Shutdown, factory.Time, factory.Logger);
        _destinations = _backplanes
            .SelectMany(backplane => backplane is IDestinationGroup group ? group.Destinations : [factory.Create(backplane)])
            .ToArray();
    }

    private CompositeDataBackplane(IEnumerable<IDataBackplane> backplanes, ILoggerFactory loggers, DropLedger drops)
        : this(backplanes, loggers, drops, new DeliveryMetrics(drops))
    {
    }

    private CompositeDataBackplane(IEnumerable<IDataBackplane> backplanes, ILoggerFactory loggers, DropLedger drops, DeliveryMetrics metrics)
        : this(backplanes, FactoryOf(new DataPlaneOptions(), loggers, metrics), drops)
    {
        _ownMetrics = metrics;
    }

    IReadOnlyList<Destination> IDestinationGroup.Destinations => _destinations;

    /// <summary>Queues the event for every destination and returns immediately.</summary>
    /// <inheritdoc/>
    public ValueTask PublishAsync(DataPlaneEnvelope envelope, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        foreach (var destination in _destinations)
        {
            destination.TryPublish(envelope);
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask FlushAsync(CancellationToken cancellationToken = default) =>
        await Task.WhenAll(_destinations.Select(destination => destination.FlushAsync(cancellationToken).AsTask())).ConfigureAwait(false);

    /// <inheritdoc/>
    public ValueTask<BackplaneHealth> HealthAsync(CancellationToken cancellationToken = default) =>
        HealthAggregator.AggregateAsync(_destinations, [], _drops, cancellationToken);

    /// <summary>
    /// Delivers the queued events, then disposes the destinations, both together for at most <see cref="DataPlaneOptions.ShutdownTimeout"/>. A destination
    /// whose disposal takes longer is logged and no longer waited for.
    /// </summary>
    /// <returns>A task that completes when all destinations are disposed or no longer waited for.</returns>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_destinations.Select(destination => destination.DisposeAsync().AsTask())).ConfigureAwait(false);
        await _disposal.DisposeAsync(_backplanes).ConfigureAwait(false);
        _ownMetrics?.Dispose();
    }

    /// <summary>Closes the queues without waiting, counts the queued events as dropped, and disposes the destinations that can be disposed synchronously.</summary>
    /// <exception cref="AggregateException">Disposing some destinations failed; the others have been disposed.</exception>
    public void Dispose()
    {
        var failures = new List<Exception>();
        foreach (var destination in _destinations)
        {
            destination.Dispose();
        }

        foreach (var backplane in _backplanes.OfType<IDisposable>())
        {
            try
            {
                backplane.Dispose();
            }
            catch (Exception exception)
            {
                failures.Add(exception);
            }
        }

        _ownMetrics?.Dispose();
        if (failures.Count > 0)
        {
            throw new AggregateException(failures);
        }
    }

    private static DestinationFactory FactoryOf(DataPlaneOptions options, ILoggerFactory loggers, DeliveryMetrics metrics) =>
        new(options, new ShutdownBudget(options.ShutdownTimeout, TimeProvider.System), metrics, TimeProvider.System, loggers);
}
