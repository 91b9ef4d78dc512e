namespace ExperimentFramework.DataPlane;

/// <summary>Counts what is lost before it reaches any queued destination.</summary>
internal sealed class RecordDrops(DropLedger drops, LossWatch losses)
{
    /// <summary>The loss in front of all destinations.</summary>
    public LossWatch Losses => losses;

    public void Drop(in EventRecord record, string reason)
    {
        if (record.Content is DataPlaneEnvelope envelope)
        {
            drops.Count(envelope.Payload, reason);
        }
        else
        {
            record.Form!.Drop(record, reason);
        }

        losses.Lost(reason);
    }
}
