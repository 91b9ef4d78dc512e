using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Finds experiments whose policy needs an assignment store that is not registered.</summary>
internal sealed class StoreMissingRule : ICompilationRule
{
    /// <inheritdoc/>
    public DiagnosticDescriptor Descriptor => RegistrationDescriptors.StoreMissing;

    /// <inheritdoc/>
    public IEnumerable<Diagnostic> Check(CompilationFacts facts, CancellationToken cancellationToken)
    {
        var missing = facts.Descriptions
            .Where(experiment => experiment is { IsComplete: true })
            .Select(experiment => experiment!.PolicyCall is { } call ? TrialDescription.Constant(call, "policy") : null)
            .OfType<(object Value, Location Place)>()
            .Select(policy => (policy.Place, Policy: policy.Value as int?, Problem: ProblemOf(policy.Value as int?, facts.Stores)))
            .Where(found => found.Problem is not null)
            .ToList();
        return missing.Count == 0 || facts.MayHaveStoreElsewhere
            ? []
            : missing.Select(found => Diagnostic.Create(
                Descriptor, found.Place, SeverityOf(found.Policy, facts.Stores), additionalLocations: null, properties: null, found.Problem));
    }

    /// <summary>An in-memory store keeps assignments until the process ends, which may be intended.</summary>
    private DiagnosticSeverity SeverityOf(int? policy, AssignmentStoreKinds stores) =>
        policy == KnownPolicies.SubjectSticky && stores == AssignmentStoreKinds.Memory ? DiagnosticSeverity.Info : Descriptor.DefaultSeverity;

    /// <summary>Returns the arguments of the message: the policy, what it needs, and what is wrong; null if nothing is.</summary>
    private static string[]? ProblemOf(int? policy, AssignmentStoreKinds stores) => policy switch
    {
        KnownPolicies.GloballySticky when (stores & AssignmentStoreKinds.Shared) == 0 =>
            ["GloballySticky", "an assignment store that all hosts share", "none is registered; call AddRedisAssignmentStore(...) or AddPostgreSqlAssignmentStore(...)"],
        KnownPolicies.SubjectSticky when stores == AssignmentStoreKinds.None =>
            ["SubjectSticky", "an assignment store", "none is registered; call AddSqliteAssignmentStore(...), AddRedisAssignmentStore(...) or AddPostgreSqlAssignmentStore(...)"],
        KnownPolicies.SubjectSticky when stores == AssignmentStoreKinds.Memory =>
            ["SubjectSticky", "an assignment store that outlives the process", "only the in-memory store is registered, which forgets assignments when the process ends and is separate on each host"],
        _ => null,
    };
}
