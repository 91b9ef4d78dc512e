namespace ExperimentFramework.DataPlane;

/// <summary>The severity of a finding.</summary>
public enum SignalSeverity
{
    /// <summary>For information; no action is needed.</summary>
    Info = 0,

    /// <summary>Investigate before you decide on the experiment.</summary>
    Warning = 1,

    /// <summary>The experiment's result cannot be trusted.</summary>
    Error = 2,

    /// <summary>Stop the experiment. For findings of the application: those of the experiment monitor are errors at most.</summary>
    Critical = 3,
}
