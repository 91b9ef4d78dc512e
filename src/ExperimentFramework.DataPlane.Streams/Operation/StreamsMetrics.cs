using System.Diagnostics.Metrics;

namespace ExperimentFramework.DataPlane.Streams;

/// <summary>The instruments of the experiments that this instance coordinates. There is never a subject in a tag.</summary>
internal sealed class StreamsMetrics : IDisposable
{
    private readonly Meter _meter;

    public StreamsMetrics(StreamsMonitor monitor, IMeterFactory? meterFactory)
    {
        var options = new MeterOptions(DeliveryMetrics.MeterName);
        _meter = meterFactory?.Create(options) ?? new Meter(options);
        _meter.CreateObservableGauge(
            "dataplane.experiment.state",
            () => monitor.Experiments.Select(static experiment => new Measurement<int>(1, new KeyValuePair<string, object?>("experiment", experiment.Key), new KeyValuePair<string, object?>("state", experiment.Value.State.ToString()))),
            null,
            "1 for the current state of each monitored experiment.");
        _meter.CreateObservableGauge(
            "dataplane.experiment.subjects",
            () => monitor.Experiments.Select(static experiment => new Measurement<long>(experiment.Value.Subjects, new KeyValuePair<string, object?>("experiment", experiment.Key))),
            "{subject}",
            "The number of subjects counted by the monitor, by experiment.");
        _meter.CreateObservableCounter("dataplane.monitor.ignored", () => monitor.Ignored, "{event}", "The number of events of experiments that are not monitored because there are too many.");
    }

    public void Dispose() => _meter.Dispose();
}
