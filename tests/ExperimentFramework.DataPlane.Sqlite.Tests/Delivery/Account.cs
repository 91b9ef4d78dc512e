namespace ExperimentFramework.DataPlane.Sqlite.Tests.Delivery;

/// <summary>The figures of one destination, taken from what the pipeline itself says.</summary>
internal sealed class Account(DeliveryMetrics metrics, DropLedger drops, Destination destination, IEventOutbox? outbox)
{
    public long Published => metrics.Published;

    public long Delivered => destination.Delivered;

    public long Dropped => drops.Lost;

    public long InOutbox => outbox?.Count(destination.OutboxKey) ?? 0;

    public bool IsBalanced => Published == Delivered + Dropped + InOutbox;

    public override string ToString() => $"published {Published}, delivered {Delivered}, dropped {Dropped}, in the outbox {InOutbox}";
}
