namespace ExperimentFramework.DataPlane;

/// <summary>The state that all proxies of an experiment share.</summary>
internal sealed class Experiment
{
    /// <summary>The experiment's name.</summary>
    public required string Name { get; init; }

    /// <summary>The experiment's variants.</summary>
    public required IVariantSet Variants { get; init; }

    /// <summary>How long a subject keeps its variant.</summary>
    public required AssignmentPolicy Policy { get; init; }

    /// <summary>Assigns variants to subjects.</summary>
    public required Assigner Assigner { get; init; }

    /// <summary>The selector that the assigner uses.</summary>
    public required IVariantSelector Selector { get; init; }

    /// <summary>Records assignment changes.</summary>
    public required AssignmentRecorder Assignments { get; init; }

    /// <summary>Records exposures.</summary>
    public required ExposureRecorder Exposures { get; init; }

    /// <summary>Records outcomes.</summary>
    public required OutcomeRecorder Outcomes { get; init; }

    /// <summary>Whether calls fall back to control if the assigned variant throws.</summary>
    public required bool FallsBackToControl { get; init; }

    /// <summary>Logs variant failures that would otherwise be invisible.</summary>
    public required VariantFailureLog VariantFailures { get; init; }

    /// <summary>Which faults have already been logged.</summary>
    public required ExperimentFaultLatches Faults { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>The values of the variants; null if the experiment declares none.</summary>
    public VariantValues? Values { get; init; }

    /// <summary>Removes what this process has cached about the subject. A scope's own data goes with the scope.</summary>
    public void Forget(in Subject subject)
    {
        Assigner.Forget(subject);
        Assignments.Forget(subject);
        Exposures.Forget(subject);
    }
}
