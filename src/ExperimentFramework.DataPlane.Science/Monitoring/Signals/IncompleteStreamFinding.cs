namespace ExperimentFramework.DataPlane.Science;

/// <summary>Which producers published exposures that have not arrived, or ended without saying what they published.</summary>
internal sealed class IncompleteStreamFinding(MonitoredExperiment experiment)
{
    private readonly HashSet<ulong> _reported = [];

    /// <summary>Adds a signal for each producer whose exposures are missing, and for each that was and no longer is.</summary>
    public void Evaluate(DateTimeOffset now, List<AnalysisSignalEvent> signals)
    {
        foreach (var producer in experiment.Received.All)
        {
            var missing = producer.MissingAt(now);
            var isIncomplete = missing > 0 || producer.IsSilentAt(now);
            if (isIncomplete && _reported.Add(producer.Number))
            {
                signals.Add(Data(producer).Create(now, SignalSeverity.Warning, Message(producer, missing)));
            }
            else if (!isIncomplete && _reported.Remove(producer.Number))
            {
                signals.Add(Data(producer).With("state", "recovered").Create(
                    now, SignalSeverity.Info, $"All exposures of {experiment.Name} that producer {ProducerId.TextOf(producer.Number)} says it published have arrived."));
            }
        }
    }

    private string Message(Producer producer, long missing)
    {
        var id = ProducerId.TextOf(producer.Number);
        return missing > 0
            ? $"{missing} exposures of {experiment.Name} that producer {id} delivered to {producer.Destination} have not arrived. Check what lies between that destination and this monitor: retention, filters, failed consumers."
            : $"Producer {id} has stopped without a last account, as a process that is killed does: what it published of {experiment.Name} since {producer.AsOf:u} cannot be checked.";
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
