namespace ExperimentFramework.DataPlane;

/// <summary>The state that all proxies of an experiment share.</summary>
/// <param name="Name">The experiment's name.</param>
/// <param name="Variants">The experiment's variants.</param>
/// <param name="Policy">How long a subject keeps its variant.</param>
/// <param name="Assigner">Assigns variants to subjects.</param>
/// <param name="Selector">The selector that the assigner uses.</param>
/// <param name="Assignments">Records assignment changes.</param>
/// <param name="Exposures">Records exposures.</param>
/// <param name="Outcomes">Records outcomes.</param>
/// <param name="FallsBackToControl">Whether calls fall back to control if the assigned variant throws.</param>
/// <param name="VariantFailures">Logs variant failures that would otherwise be invisible.</param>
/// <param name="Faults">Which faults have already been logged.</param>
/// <param name="Time">The clock.</param>
internal sealed record Experiment(
    string Name,
    IVariantSet Variants,
    AssignmentPolicy Policy,
    Assigner Assigner,
    IVariantSelector Selector,
    AssignmentRecorder Assignments,
    ExposureRecorder Exposures,
    OutcomeRecorder Outcomes,
    bool FallsBackToControl,
    VariantFailureLog VariantFailures,
    ExperimentFaultLatches Faults,
    TimeProvider Time)
{
    /// <summary>The values of the variants; null if the experiment declares none.</summary>
    public VariantValues? Values { get; init; }

    /// <summary>Removes what this process has cached about the subject. A scope's own data goes with the scope.</summary>
    public void Forget(in Subject subject)
    {
        // Type and tenant are cached exactly as the call passed them, and an empty one means the same as null.
        foreach (var type in Spellings(subject.Type))
        {
            foreach (var tenant in Spellings(subject.TenantId))
            {
                ForgetExactly(new Subject(subject.Id, type, tenant));
            }
        }
    }

    private void ForgetExactly(in Subject subject)
    {
        Assigner.Forget(subject);
        Assignments.Forget(subject);
        Exposures.Forget(subject);
    }

    private static string?[] Spellings(string? part) => string.IsNullOrEmpty(part) ? [null, ""] : [part];
}
