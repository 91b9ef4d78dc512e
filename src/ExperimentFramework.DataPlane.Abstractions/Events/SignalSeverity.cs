namespace ExperimentFramework.DataPlane;

/// <summary>How much a finding matters.</summary>
public enum SignalSeverity
{
    /// <summary>Worth knowing.</summary>
    Info = 0,

    /// <summary>Look before you decide on the experiment.</summary>
    Warning = 1,

    /// <summary>The experiment's result cannot be trusted.</summary>
    Error = 2,

    /// <summary>Stop the experiment.</summary>
    Critical = 3,
}
