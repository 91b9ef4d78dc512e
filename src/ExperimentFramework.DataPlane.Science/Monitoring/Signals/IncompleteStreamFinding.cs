namespace ExperimentFramework.DataPlane.Science;

/// <summary>Reports producers that published exposures that have not arrived, or that ended without a last account.</summary>
internal sealed class IncompleteStreamFinding(MonitoredExperiment experiment)
{
    /// <summary>Adds a signal for each producer with missing exposures, and for each that no longer has any.</summary>
    public void Evaluate(DateTimeOffset now, List<AnalysisSignalEvent> signals)
    {
        foreach (var producer in experiment.Received.All)
        {
            var missing = producer.MissingAt(now);
            var isIncomplete = producer.IsSilentAt(now) || missing > 0;
            if (isIncomplete == producer.IsReported)
            {
                continue;
            }

            producer.IsReported = isIncomplete;
            if (isIncomplete)
            {
                signals.Add(Data(producer).Create(now, SignalSeverity.Warning, Message(producer, missing)));
            }
            else
            {
                signals.Add(Data(producer).With("state", "recovered").Create(
                    now, SignalSeverity.Info, $"Producer {ProducerId.TextOf(producer.Number)} publishes accounts, and all exposures of {experiment.Name} in them have arrived."));
            }
        }
    }

    private string Message(Producer producer, long missing)
    {
        var id = ProducerId.TextOf(producer.Number);
        return missing > 0
            ? $"{missing} exposures of {experiment.Name} that producer {id} delivered to {producer.Destination} have not arrived. Check what is between that destination and this monitor: retention, filters and failed consumers."
            : $"Nothing has arrived from producer {id} since its account of {producer.AsOf:u}, which was not its last. Its process was killed, or its events are delayed. Exposures of {experiment.Name} that it has published since cannot be checked.";
    }

    private SignalData Data(Producer producer) => new SignalData(experiment, AnalysisSignalType.IncompleteStream)
        .With("producerId", ProducerId.TextOf(producer.Number))
        .With("destination", producer.Destination)
        .With("sequenceNumber", producer.SequenceNumber)
        .With("hasLast", producer.IsLast)
        .With("expected", producer.Expected)
        .With("arrived", producer.Received)
        .With("completeUntil", producer.AsOf!.Value);
}
