namespace ExperimentFramework.DataPlane;

/// <summary>What all proxies of an experiment share.</summary>
/// <param name="Name">The experiment's name.</param>
/// <param name="Variants">Its variants.</param>
/// <param name="Policy">How long a subject is kept on its variant.</param>
/// <param name="Assigner">Decides.</param>
/// <param name="Selector">The selector behind it.</param>
/// <param name="Assignments">Records changed assignments.</param>
/// <param name="Exposures">Records exposures.</param>
/// <param name="Outcomes">Records outcomes.</param>
/// <param name="FallsBackToControl">Whether control answers where the assigned variant throws.</param>
/// <param name="VariantFailures">Says which variants fail where nothing else shows it.</param>
/// <param name="Faults">What has been said once.</param>
/// <param name="Time">Every clock.</param>
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
    /// <summary>Forgets what this process knows of the subject. What a scope knows ends with the scope.</summary>
    public void Forget(in Subject subject)
    {
        // The type and the tenant of a call are kept as they were given, and an empty one is the same as none.
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
