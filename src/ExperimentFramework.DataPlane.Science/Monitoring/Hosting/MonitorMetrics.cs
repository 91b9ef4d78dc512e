using System.Diagnostics.Metrics;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>The instruments of the monitor. Tags never contain a subject.</summary>
internal sealed class MonitorMetrics : IDisposable
{
    private readonly Meter _meter;

    public MonitorMetrics(ExperimentMonitor monitor, IMeterFactory? meterFactory)
    {
        var options = new MeterOptions(DeliveryMetrics.MeterName);
        _meter = meterFactory?.Create(options) ?? new Meter(options);
        _meter.CreateObservableGauge(
            "dataplane.experiment.state", () => States(monitor), null, "1 for the current state of each monitored experiment.");
        _meter.CreateObservableGauge(
            "dataplane.experiment.subjects", () => Subjects(monitor), "{subject}", "The number of subjects counted by the monitor, by experiment.");
        _meter.CreateObservableCounter(
            "dataplane.monitor.ignored", () => monitor.IgnoredEvents, "{event}", "The number of events of experiments that are not monitored because there are too many.");
        _meter.CreateObservableCounter(
            "dataplane.monitor.failed", () => monitor.FailedEvents, "{event}", "The number of events that the monitor could not count because of a fault.");
    }

    public void Dispose() => _meter.Dispose();

    private static IEnumerable<Measurement<int>> States(ExperimentMonitor monitor) => monitor.GetStates().Select(static experiment =>
        new Measurement<int>(1, new KeyValuePair<string, object?>("experiment", experiment.Name), new KeyValuePair<string, object?>("state", experiment.State.ToString())));

    private static IEnumerable<Measurement<long>> Subjects(ExperimentMonitor monitor) => monitor.GetStates().Select(static experiment =>
        new Measurement<long>(experiment.Subjects, new KeyValuePair<string, object?>("experiment", experiment.Name)));
}
