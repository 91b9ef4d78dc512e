namespace ExperimentFramework.DataPlane.Tool;

/// <summary>
/// The place of an event in a stream that is read from several files. At one moment weights and plans come before the events that they explain, so do changes of assignments, and accounts of losses come after what they count.
/// </summary>
/// <param name="Ticks">Its time, in ticks of UTC.</param>
/// <param name="Rank">Its rank among the events of the same moment.</param>
/// <param name="Id">Its id.</param>
internal readonly record struct EventOrder(long Ticks, byte Rank, Guid Id) : IComparable<EventOrder>
{
    /// <summary>The place of an event.</summary>
    public static EventOrder Of(DataPlaneEnvelope envelope) => new(envelope.Timestamp.UtcTicks, RankOf(envelope.Payload), envelope.EventId);

    /// <inheritdoc/>
    public int CompareTo(EventOrder other) =>
        Ticks != other.Ticks ? Ticks.CompareTo(other.Ticks)
        : Rank != other.Rank ? Rank.CompareTo(other.Rank)
        : Id.CompareTo(other.Id);

    private static byte RankOf(DataPlaneEvent payload) => payload switch
    {
        AnalysisSignalEvent => 0,
        AssignmentEvent => 1,
        AccountingEvent or ErrorEvent => 3,
        _ => 2,
    };
}
