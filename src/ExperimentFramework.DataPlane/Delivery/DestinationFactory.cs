using System.Globalization;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>Puts queues in front of backplanes, and names them: by their type, numbered where there are several of one.</summary>
internal sealed class DestinationFactory(
    DataPlaneOptions options,
    ShutdownTime shutdown,
    DropLedger drops,
    DeliveryMetrics metrics,
    TimeProvider time,
    ILoggerFactory loggers,
    IEventOutbox? outbox = null,
    Random? random = null,
    ExceptionTexts? exceptions = null)
{
    private readonly Dictionary<string, int> _names = new(StringComparer.Ordinal);
    private readonly DestinationSettings _settings = DestinationSettings.From(options, shutdown, random);
    private readonly ILogger _logger = new QuietLogger(loggers.CreateLogger<Destination>(), exceptions ?? ExceptionTexts.Told);

    public Destination Create(IDataBackplane backplane) =>
        new(backplane, NameOf(backplane), _settings, drops, metrics, time, _logger, outbox);

    private string NameOf(IDataBackplane backplane)
    {
        var name = backplane.GetType().Name;
        lock (_names)
        {
            var number = _names[name] = _names.GetValueOrDefault(name) + 1;
            return number == 1 ? name : string.Create(CultureInfo.InvariantCulture, $"{name}#{number}");
        }
    }
}
