using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Finds experiments whose policy keeps assignments in a store that nothing registers.</summary>
internal sealed class StoreMissingRule : ICompilationRule
{
    /// <inheritdoc/>
    public DiagnosticDescriptor Descriptor => RegistrationDescriptors.StoreMissing;

    /// <inheritdoc/>
    public IEnumerable<Diagnostic> Check(CompilationFacts facts, CancellationToken cancellationToken)
    {
        var missing = facts.Registrations
            .Where(registration => registration.IsReadable)
            .Select(registration => registration.PolicyCall is { } call ? TrialDescription.Constant(call, "policy") : null)
            .OfType<(object Value, Location Place)>()
            .Select(policy => (policy.Place, Policy: policy.Value as int?, Fault: FaultOf(policy.Value as int?, facts.Stores)))
            .Where(found => found.Fault is not null)
            .ToList();
        return missing.Count == 0 || facts.MayHaveStoreOfOthers
            ? []
            : missing.Select(found => Diagnostic.Create(
                Descriptor, found.Place, SeverityOf(found.Policy, facts.Stores), additionalLocations: null, properties: null, found.Fault));
    }

    /// <summary>A store in memory keeps what the policy promises for as long as the process lives, which may be what is meant.</summary>
    private DiagnosticSeverity SeverityOf(int? policy, AssignmentStoreKinds stores) =>
        policy == KnownPolicies.SubjectSticky && stores == AssignmentStoreKinds.Memory ? DiagnosticSeverity.Info : Descriptor.DefaultSeverity;

    private static string? FaultOf(int? policy, AssignmentStoreKinds stores) => policy switch
    {
        KnownPolicies.GloballySticky when (stores & AssignmentStoreKinds.Shared) == 0 =>
            "GloballySticky needs an assignment store that all hosts share, and none is registered here: call AddRedisAssignmentStore(...)",
        KnownPolicies.SubjectSticky when stores == AssignmentStoreKinds.None =>
            "SubjectSticky needs an assignment store, and none is registered here: call AddSqliteAssignmentStore(...) or AddRedisAssignmentStore(...)",
        KnownPolicies.SubjectSticky when stores == AssignmentStoreKinds.Memory =>
            "SubjectSticky has only the store in memory: a subject's variant is forgotten when the process ends, and each host has its own",
        _ => null,
    };
}
