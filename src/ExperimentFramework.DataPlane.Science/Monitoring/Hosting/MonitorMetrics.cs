using System.Diagnostics.Metrics;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>The instruments of a monitor, wherever it runs. Tags never contain a subject.</summary>
internal sealed class MonitorMetrics : IDisposable
{
    private readonly Meter _meter;

    /// <summary>Creates the instruments.</summary>
    /// <param name="states">The state of each experiment.</param>
    /// <param name="ignored">The events of experiments beyond the bound.</param>
    /// <param name="failed">The events that failed.</param>
    /// <param name="meterFactory">Creates the meter; null for a separate one.</param>
    public MonitorMetrics(Func<IReadOnlyList<(string Name, ExperimentState State, long Subjects)>> states, Func<long> ignored, Func<long> failed, IMeterFactory? meterFactory)
    {
        var options = new MeterOptions(DeliveryMetrics.MeterName);
        _meter = meterFactory?.Create(options) ?? new Meter(options);
        _meter.CreateObservableGauge(
            "dataplane.experiment.state",
            () => states().Select(static experiment => new Measurement<int>(1, NameOf(experiment.Name), new KeyValuePair<string, object?>("state", experiment.State.ToString()))),
            null,
            "1 for the current state of each monitored experiment.");
        _meter.CreateObservableGauge(
            "dataplane.experiment.subjects",
            () => states().Select(static experiment => new Measurement<long>(experiment.Subjects, NameOf(experiment.Name))),
            "{subject}",
            "The number of subjects counted by the monitor, by experiment.");
        _meter.CreateObservableCounter(
            "dataplane.monitor.ignored", ignored, "{event}", "The number of events of experiments that are not monitored because there are too many.");
        _meter.CreateObservableCounter(
            "dataplane.monitor.failed", failed, "{event}", "The number of events that the monitor could not count because of a fault.");
    }

    public void Dispose() => _meter.Dispose();

    private static KeyValuePair<string, object?> NameOf(string experiment) => new("experiment", experiment);
}
