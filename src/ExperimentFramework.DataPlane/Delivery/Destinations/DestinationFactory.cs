using System.Globalization;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>Puts queues in front of backplanes, and names them: by their type, numbered where there are several of one.</summary>
internal sealed class DestinationFactory(
    DataPlaneOptions options,
    ShutdownBudget shutdown,
    DropLedger drops,
    DeliveryMetrics metrics,
    TimeProvider time,
    ILoggerFactory loggers,
    IEventOutbox? outbox = null,
    Random? random = null,
    ExceptionSanitizer? exceptions = null)
{
    /// <summary>Keeps the full names of types, which key the outbox, apart from the simple ones.</summary>
    private const string OutboxPrefix = "outbox:";

    private readonly Dictionary<string, int> _names = new(StringComparer.Ordinal);
    private readonly DestinationSettings _settings = DestinationSettings.From(options, shutdown, random);
    private readonly ILogger _logger = new NonThrowingLogger(loggers.CreateLogger(DataPlaneLogCategories.Delivery), exceptions ?? ExceptionSanitizer.PassThrough);

    public Destination Create(IDataBackplane backplane) => new(
        backplane, Number(backplane.GetType().Name), _settings, drops, metrics, time, _logger, outbox, Number(OutboxPrefix + backplane.GetType())[OutboxPrefix.Length..]);

    /// <summary>Tells the outbox that every destination has been created.</summary>
    public void StartOutbox() => outbox?.Start((experiment, variant, reason) => drops.CounterFor(experiment, variant, reason).Increment());

    /// <summary>The destinations of a backplane: several where it is a group, which has them already.</summary>
    /// <param name="backplane">The backplane.</param>
    /// <param name="own">Is given a destination that was created, and that its caller disposes therefore.</param>
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
