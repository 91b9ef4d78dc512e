using System.Diagnostics;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// What a caller's thread notes of an event: references and numbers, from which the worker makes the event later. A slot is
/// cleared before it is used again, so a writer leaves out what is null.
/// </summary>
internal struct EventRecord
{
    /// <summary>Makes the event from this record; null where <see cref="Payload"/> is an envelope already.</summary>
    public IEventFactory? Factory;

    /// <summary>What the form needs: a decision, an event that is ready, an envelope.</summary>
    public object? Payload;

    /// <summary>What else the form needs.</summary>
    public object? State;

    /// <summary>The subject's id.</summary>
    public string? SubjectId;

    /// <summary>The subject's type.</summary>
    public string? SubjectType;

    /// <summary>The subject's tenant.</summary>
    public string? TenantId;

    /// <summary>The call's attributes, as the form keeps them.</summary>
    public object? Attributes;

    /// <summary>The activity that the event happened in.</summary>
    public Activity? Activity;

    /// <summary>When the event happened, in ticks of UTC.</summary>
    public long Timestamp;

    /// <summary>
    /// When it was noted, in ticks of UTC, which puts the records of several threads in order. Not before <see cref="Timestamp"/>,
    /// unless the clock was set back.
    /// </summary>
    public long EnqueuedAt;

    /// <summary>Its number in this process; with <see cref="Timestamp"/> it gives the event's id.</summary>
    public long Number;

    /// <summary>When it happened on a clock of the form's own.</summary>
    public long RepeatTimestamp;
}

/// <summary>Makes events of one kind from their records, on the worker's side.</summary>
internal interface IEventFactory
{
    /// <summary>Makes the event; called once for each record that is not dropped.</summary>
    /// <param name="record">The record.</param>
    /// <param name="before">An event that this one brings with it, to be told first; null for none.</param>
    DataPlaneEvent Create(in EventRecord record, out DataPlaneEvent? before);

    /// <summary>Counts the record as dropped, by the experiment and variant it is about.</summary>
    /// <returns>How many events are lost with it.</returns>
    int Drop(in EventRecord record, string reason);
}
