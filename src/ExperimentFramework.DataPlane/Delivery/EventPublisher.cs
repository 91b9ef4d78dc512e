using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane;

/// <summary>Puts events into envelopes and hands them to every destination.</summary>
internal sealed class EventPublisher : IEventPublisher, IAsyncDisposable, IDisposable
{
    private readonly List<Destination> _destinations = [];
    private readonly List<Destination> _own = [];
    private readonly bool[] _enabled;
    private readonly DropLedger _drops;
    private readonly EventIds _ids = new();

    public EventPublisher(
        IEnumerable<IDataBackplane> backplanes,
        IOptions<DataPlaneOptions> options,
        DropLedger drops,
        TimeProvider time,
        ILogger<EventPublisher> logger)
    {
        _drops = drops;
        _enabled = EnabledCategories(options.Value);
        foreach (var backplane in backplanes)
        {
            if (backplane is IDestinationGroup group)
            {
                _destinations.AddRange(group.Destinations);
                continue;
            }

            var destination = new Destination(backplane, drops, time, logger);
            _own.Add(destination);
            _destinations.Add(destination);
        }
    }

    public bool IsEnabled(DataPlaneEventType category) => _enabled[(int)category];

    /// <summary>Hands the event to every destination without waiting.</summary>
    /// <returns>The event's id; null when the category is switched off or no destination took the event.</returns>
    public Guid? TryPublish(DataPlaneEvent dataPlaneEvent)
    {
        if (!IsEnabled(dataPlaneEvent.EventType))
        {
            return null;
        }

        if (_destinations.Count == 0)
        {
            _drops.Count(dataPlaneEvent, DropReasons.NoDestination);
            return null;
        }

        var envelope = new DataPlaneEnvelope
        {
            EventId = _ids.Next(dataPlaneEvent.Timestamp),
            Timestamp = dataPlaneEvent.Timestamp,
            EventType = dataPlaneEvent.EventType,
            SchemaVersion = dataPlaneEvent.SchemaVersion,
            Payload = dataPlaneEvent,
            CorrelationId = Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity ? activity.TraceId.ToHexString() : null,
        };
        var taken = false;
        foreach (var destination in _destinations)
        {
            taken |= destination.TryPublish(envelope);
        }

        return taken ? envelope.EventId : null;
    }

    public ValueTask PublishAsync(DataPlaneEvent dataPlaneEvent, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(dataPlaneEvent);
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        TryPublish(dataPlaneEvent);
        return ValueTask.CompletedTask;
    }

    public async ValueTask FlushAsync(CancellationToken cancellationToken = default) =>
        await Task.WhenAll(_destinations.Select(destination => destination.FlushAsync(cancellationToken).AsTask())).ConfigureAwait(false);

    public ValueTask<BackplaneHealth> HealthAsync(CancellationToken cancellationToken = default) =>
        DestinationHealth.OfAllAsync(_destinations, _drops, cancellationToken);

    public async ValueTask DisposeAsync() =>
        await Task.WhenAll(_own.Select(destination => destination.DisposeAsync().AsTask())).ConfigureAwait(false);

    public void Dispose() => _own.ForEach(destination => destination.Dispose());

    private static bool[] EnabledCategories(DataPlaneOptions options)
    {
        var enabled = new bool[5];
        enabled[(int)DataPlaneEventType.Exposure] = options.EnableExposureEvents;
        enabled[(int)DataPlaneEventType.Assignment] = options.EnableAssignmentEvents;
        enabled[(int)DataPlaneEventType.Outcome] = options.EnableOutcomeEvents;
        enabled[(int)DataPlaneEventType.AnalysisSignal] = options.EnableAnalysisSignals;
        enabled[(int)DataPlaneEventType.Error] = options.EnableErrorEvents;
        return enabled;
    }
}
