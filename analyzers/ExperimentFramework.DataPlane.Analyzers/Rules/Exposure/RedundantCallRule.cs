using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Finds calls that log by hand what is logged already.</summary>
internal sealed class RedundantCallRule : ICompilationRule
{
    /// <inheritdoc/>
    public DiagnosticDescriptor Descriptor => ExposureDescriptors.RedundantCall;

    /// <inheritdoc/>
    public IEnumerable<Diagnostic> Check(CompilationFacts facts, CancellationToken cancellationToken)
    {
        foreach (var use in facts.LoggingUses)
        {
            if (use is not { IsCall: true, Service: { } service } || facts.Tagged(service) is not { } tagged)
            {
                continue;
            }

            var registrations = facts.Registrations.Where(registration => registration.MayBeOf(service)).ToList();
            var semantics = registrations.Count == 0
                ? [tagged.Semantics]
                : registrations.Select(registration => facts.SemanticsOf(registration, tagged)).ToList();
            if (semantics.All(value => value is { } known && KnownSemantics.LogsByItself(known)))
            {
                yield return Diagnostic.Create(
                    Descriptor, use.Location, SettingsIn(registrations), Properties(registrations), tagged.Type.Name, KnownSemantics.Names[semantics[0]!.Value]);
            }
        }
    }

    /// <summary>What trials say of semantics: each has to say another value.</summary>
    private static IEnumerable<Location> SettingsIn(List<Registration> registrations) => registrations
        .Select(registration => registration.SemanticsCall?.Arguments[0].Value.Syntax.GetLocation())
        .OfType<Location>();

    /// <summary>Whether the attribute has to say it, for trials that leave it to the attribute.</summary>
    private static ImmutableDictionary<string, string?> Properties(List<Registration> registrations) =>
        registrations.Count == 0 || registrations.Any(registration => registration.SemanticsCall is null)
            ? ImmutableDictionary<string, string?>.Empty.Add(FixProperties.Attribute, null)
            : ImmutableDictionary<string, string?>.Empty;
}
