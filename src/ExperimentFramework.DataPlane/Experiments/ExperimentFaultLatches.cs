namespace ExperimentFramework.DataPlane;

/// <summary>The faults an experiment has had so far, so that each is logged once and not by every proxy.</summary>
internal sealed class ExperimentFaultLatches(TimeProvider time)
{
    /// <summary>The subject identity provider threw.</summary>
    public FaultLatch IdentityProvider { get; } = new(time);

    /// <summary>A subject's id, type or tenant was too long.</summary>
    public FaultLatch SubjectTooLong { get; } = new(time);

    /// <summary>An exposure that needs a subject had none.</summary>
    public FaultLatch UnknownSubject { get; } = new(time);

    /// <summary>An explicit exposure was logged although the experiment records exposures automatically.</summary>
    public FaultLatch NotExplicit { get; } = new(time);

    /// <summary>An explicit exposure was logged for a subject that no variant was served to.</summary>
    public FaultLatch NothingServed { get; } = new(time);
}
