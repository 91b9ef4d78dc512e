namespace ExperimentFramework.DataPlane;

/// <summary>What an <see cref="OutcomeEvent"/> is the outcome of.</summary>
public enum OutcomeKind
{
    /// <summary>A call of a member.</summary>
    Call = 0,
}
