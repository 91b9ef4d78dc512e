namespace ExperimentFramework.DataPlane;

/// <summary>What has gone wrong in an experiment so far, so that each is said once and not by every proxy.</summary>
internal sealed class ExperimentFaultLatches(TimeProvider time)
{
    /// <summary>The subject identity provider threw.</summary>
    public FaultLatch IdentityProvider { get; } = new(time);

    /// <summary>A subject's id, type or tenant was too long.</summary>
    public FaultLatch SubjectTooLong { get; } = new(time);

    /// <summary>A subject was unknown where an exposure needs one.</summary>
    public FaultLatch UnknownSubject { get; } = new(time);

    /// <summary>An exposure was logged by hand where the experiment logs by itself.</summary>
    public FaultLatch LoggedByItself { get; } = new(time);

    /// <summary>An exposure was logged by hand of a subject that was served nothing.</summary>
    public FaultLatch NothingServed { get; } = new(time);
}
