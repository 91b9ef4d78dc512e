using ExperimentFramework.DataPlane;

namespace ExperimentFramework.BrokenExperimentSample;

/// <summary>A destination that prints what the monitor reports about the split.</summary>
internal sealed class Alarms : IDataBackplane
{
    public ValueTask PublishAsync(DataPlaneEnvelope envelope, CancellationToken cancellationToken = default)
    {
        if (envelope.Payload is AnalysisSignalEvent { SignalType: AnalysisSignalType.SampleRatioMismatch, Severity: SignalSeverity.Error } alarm)
        {
            Console.WriteLine(FormattableString.Invariant($"""

                ALARM at {alarm.Timestamp:HH:mm:ss}, after {alarm.Data!["subjects"]} subjects
                {alarm.Message}

                """));
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask FlushAsync(CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

    public ValueTask<BackplaneHealth> HealthAsync(CancellationToken cancellationToken = default) => ValueTask.FromResult(BackplaneHealth.Healthy("Listens."));
}
