namespace ExperimentFramework.DataPlane;

/// <summary>
/// What one process has published to one destination, and what of it was dropped, so that anyone who has the stream can check that it is complete. Its
/// experiment name is <c>*</c>. All counts are totals since the producer started, so the last account that arrived replaces all before it. Accounts are not counted themselves; their
/// sequence numbers show whether one is missing. An account that would be too large for a message of a broker is published as several events, its parts, that have
/// the same sequence number and different rows.
/// </summary>
public sealed record AccountingEvent : DataPlaneEvent
{
    private readonly EventList<AccountedCalls> _calls;
    private readonly EventList<AccountedEvents> _published;
    private readonly EventList<AccountedDrops> _drops;

    /// <inheritdoc/>
    /// <example>Accounting</example>
    public override DataPlaneEventType EventType => DataPlaneEventType.Accounting;

    /// <summary>The producer: one pipeline of one process. The ids of all its events end in these 11 hexadecimal digits.</summary>
    /// <example>0a1b2c3d4e5</example>
    public required string ProducerId { get; init; }

    /// <summary>The name of the destination whose stream this account describes.</summary>
    /// <example>KafkaDataBackplane</example>
    public required string Destination { get; init; }

    /// <summary>The number of this account among those of its producer and destination, from 1.</summary>
    /// <example>3</example>
    public required long SequenceNumber { get; init; }

    /// <summary>The number of this part of the account, from 1.</summary>
    /// <example>1</example>
    public long PartNumber { get; init; } = 1;

    /// <summary>The number of parts that the account has: it is complete once all of them have arrived.</summary>
    /// <example>1</example>
    public long PartCount { get; init; } = 1;

    /// <summary>When the producer started, in UTC: the start of what is counted.</summary>
    /// <example>2026-03-01T11:57:00.0000000Z</example>
    public required DateTimeOffset IntervalStart { get; init; }

    /// <summary>When the counts were taken, in UTC: the end of what is counted. An event that was still waiting then is in a later account.</summary>
    /// <example>2026-03-01T12:00:00.0000000Z</example>
    public required DateTimeOffset IntervalEnd { get; init; }

    /// <summary>True for the account made after everything else was delivered, dropped or stored in the outbox: its counts are final.</summary>
    /// <example>false</example>
    public required bool IsLast { get; init; }

    /// <summary>The exposing calls, by experiment and assigned variant.</summary>
    /// <example>[{"experimentName":"checkout-pricing","variantKey":"dynamic","exposingCalls":1000,"repeatsNotRecorded":700,"sampledOut":200,"noSubject":0}]</example>
    public required IReadOnlyList<AccountedCalls> Calls
    {
        get => _calls.Items;
        init => _calls = new EventList<AccountedCalls>(value);
    }

    /// <summary>The events published to this destination, including those dropped, by experiment, assigned variant and category.</summary>
    /// <example>[{"experimentName":"checkout-pricing","variantKey":"dynamic","eventType":"Exposure","count":100}]</example>
    public required IReadOnlyList<AccountedEvents> Published
    {
        get => _published.Items;
        init => _published = new EventList<AccountedEvents>(value);
    }

    /// <summary>The dropped events, by experiment, assigned variant, category and reason.</summary>
    /// <example>[{"experimentName":"checkout-pricing","variantKey":"dynamic","eventType":"Exposure","reason":"queue_full","count":2}]</example>
    public required IReadOnlyList<AccountedDrops> Drops
    {
        get => _drops.Items;
        init => _drops = new EventList<AccountedDrops>(value);
    }
}
