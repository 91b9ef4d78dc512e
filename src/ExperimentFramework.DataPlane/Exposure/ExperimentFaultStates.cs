namespace ExperimentFramework.DataPlane;

/// <summary>What has gone wrong in an experiment so far, so that each is said once and not by every proxy.</summary>
internal sealed class ExperimentFaultStates(TimeProvider time)
{
    /// <summary>The subject identity provider threw.</summary>
    public FaultState IdentityProvider { get; } = new(time);

    /// <summary>A subject's id, type or tenant was too long.</summary>
    public FaultState SubjectTooLong { get; } = new(time);

    /// <summary>A subject was unknown where an exposure needs one.</summary>
    public FaultState UnknownSubject { get; } = new(time);

    /// <summary>An exposure was logged by hand where the experiment logs by itself.</summary>
    public FaultState LoggedByItself { get; } = new(time);

    /// <summary>An exposure was logged by hand of a subject that was served nothing.</summary>
    public FaultState NothingServed { get; } = new(time);
}
