using System.Globalization;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>Creates destinations with queues for backplanes, and names them after their type, with a number if there are several of the same type.</summary>
internal sealed class DestinationFactory(
    DataPlaneOptions options,
    ShutdownBudget shutdown,
    DeliveryMetrics metrics,
    TimeProvider time,
    ILoggerFactory loggers,
    IEventOutbox? outbox = null,
    Random? random = null,
    ExceptionSanitizer? exceptions = null)
{
    /// <summary>Distinguishes the full type names, which are the keys of the outbox, from the simple names.</summary>
    private const string OutboxPrefix = "outbox:";

    private readonly Dictionary<string, int> _names = new(StringComparer.Ordinal);
    private readonly DestinationSettings _settings = DestinationSettings.From(options, shutdown, random);
    private readonly ILogger _logger = new NonThrowingLogger(loggers.CreateLogger(DataPlaneLogCategories.Delivery), exceptions ?? ExceptionSanitizer.PassThrough);

    /// <summary>The time that the end of the destinations may take.</summary>
    public ShutdownBudget Shutdown { get; } = shutdown;

    /// <summary>The clock, which does not throw.</summary>
    public TimeProvider Time => NonThrowingTimeProvider.Of(time);

    /// <summary>The log of the delivery.</summary>
    public ILogger Logger => _logger;

    public Destination Create(IDataBackplane backplane) => new(
        backplane, Number(backplane.GetType().Name), _settings, metrics, time, _logger, outbox, Number(OutboxPrefix + backplane.GetType())[OutboxPrefix.Length..]);

    /// <summary>Starts the outbox. Call it after all destinations have been created.</summary>
    public void StartOutbox() => outbox?.Start(dropped => metrics.Drops.CounterFor(dropped.Key, dropped.Reason, DropLedger.UnregisteredDestination).Increment());

    /// <summary>Creates the destinations of a backplane, or returns those that it already has if it is a group.</summary>
    /// <param name="backplane">The backplane.</param>
    /// <param name="own">Receives each created destination, which the caller must dispose.</param>
    public IReadOnlyList<Destination> CreateAll(IDataBackplane backplane, Action<Destination> own)
    {
        if (backplane is IDestinationGroup group)
        {
            return group.Destinations;
        }

        var destination = Create(backplane);
        own(destination);
        return [destination];
    }

    private string Number(string name)
    {
        lock (_names)
        {
            var number = _names[name] = _names.GetValueOrDefault(name) + 1;
            return number == 1 ? name : string.Create(CultureInfo.InvariantCulture, $"{name}#{number}");
        }
    }
}
