using System.Diagnostics;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// What a caller's thread records about an event: references and numbers, from which the worker creates the event later. A slot is
/// cleared before it is reused, so writers do not set fields that are null.
/// </summary>
internal struct EventRecord
{
    /// <summary>Creates the event from this record; null if <see cref="Payload"/> is already an envelope.</summary>
    public IEventFactory? Factory;

    /// <summary>The input of the factory: a decision, a prebuilt event or an envelope.</summary>
    public object? Payload;

    /// <summary>Additional input of the factory.</summary>
    public object? State;

    /// <summary>The subject's id.</summary>
    public string? SubjectId;

    /// <summary>The subject's type.</summary>
    public string? SubjectType;

    /// <summary>The subject's tenant.</summary>
    public string? TenantId;

    /// <summary>The call's attributes, in the representation of the factory.</summary>
    public object? Attributes;

    /// <summary>The activity in which the event happened.</summary>
    public Activity? Activity;

    /// <summary>When the event happened, in UTC ticks.</summary>
    public long Timestamp;

    /// <summary>
    /// When the record was enqueued, in UTC ticks, which orders the records of several threads. Not before <see cref="Timestamp"/>,
    /// unless the clock was set back.
    /// </summary>
    public long EnqueuedAt;

    /// <summary>The record's number in this process; together with <see cref="Timestamp"/> it determines the event's id.</summary>
    public long Number;

    /// <summary>
    /// Additional numeric input of the factory: for an exposure, when it happened on the clock of the repeat window; for a metric, the bits of its value.
    /// </summary>
    public long StateNumber;
}

/// <summary>Creates events of one kind from their records, on the worker's side.</summary>
internal interface IEventFactory
{
    /// <summary>Creates the event. Called once for each record that is not dropped.</summary>
    /// <param name="record">The record.</param>
    /// <param name="precedingEvent">An additional event that must be published first; null if there is none.</param>
    DataPlaneEvent Create(in EventRecord record, out DataPlaneEvent? precedingEvent);

    /// <summary>Counts the record as dropped, by its experiment and variant.</summary>
    /// <returns>The number of events that are lost with it.</returns>
    int Drop(in EventRecord record, string reason);
}
