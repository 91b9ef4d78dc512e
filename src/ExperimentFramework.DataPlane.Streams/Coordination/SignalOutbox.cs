namespace ExperimentFramework.DataPlane.Streams;

/// <summary>The signals of an experiment that are not known to have been written. They are a part of its state, so that one that was lost on its way is sent again by whoever reads the state.</summary>
/// <param name="facts">What is kept of the experiment.</param>
internal sealed class SignalOutbox(ExperimentFacts facts)
{
    /// <summary>The commit that each of the first signals was sent before; those behind them have not been sent.</summary>
    private readonly List<long> _sentBefore = [];

    /// <summary>Whether there are any.</summary>
    public bool IsEmpty => facts.Unconfirmed.Count == 0;

    /// <summary>Adds a signal.</summary>
    public void Add(AnalysisSignalEvent signal)
    {
        facts.Signals++;
        facts.Unconfirmed.Add(DataPlaneJson.Serialize(SignalEnvelope.Of(signal, facts.Id, facts.Signals)));
    }

    /// <summary>Takes the signals that are to be sent.</summary>
    /// <param name="commits">How many commits there have been.</param>
    public IEnumerable<DataPlaneEnvelope> Take(long commits)
    {
        for (var index = _sentBefore.Count; index < facts.Unconfirmed.Count; index++)
        {
            _sentBefore.Add(commits);
            yield return DataPlaneJson.Deserialize(facts.Unconfirmed[index]);
        }
    }

    /// <summary>Forgets the signals that have been written: a commit waits for everything that was sent before it, and the engine does not go on if anything was not written.</summary>
    /// <returns>Whether there were any.</returns>
    public bool Confirm(long commits)
    {
        var written = _sentBefore.TakeWhile(before => before < commits).Count();
        _sentBefore.RemoveRange(0, written);
        facts.Unconfirmed.RemoveRange(0, written);
        return written > 0;
    }
}
