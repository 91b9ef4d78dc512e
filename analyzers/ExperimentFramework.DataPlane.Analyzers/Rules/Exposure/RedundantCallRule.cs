using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Finds explicit calls that log exposures which are recorded automatically.</summary>
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
                ? [facts.MayRegisterElsewhere ? null : tagged.Semantics]
                : registrations.Select(registration => facts.SemanticsOf(registration.Description, tagged)).ToList();
            if (semantics.All(value => value is { } known && KnownSemantics.IsAutomatic(known)))
            {
                yield return Diagnostic.Create(
                    Descriptor, use.Location, SettingsIn(registrations), Properties(registrations), tagged.Type.Name, KnownSemantics.Names[semantics[0]!.Value]);
            }
        }
    }

    /// <summary>Returns the places where trials set the semantics. The fix must change each of them.</summary>
    private static IEnumerable<Location> SettingsIn(List<Registration> registrations) => registrations
        .Select(registration => registration.Description?.SemanticsCall?.Arguments[0].Value.Syntax.GetLocation())
        .OfType<Location>();

    /// <summary>Returns the properties for the fix: whether it must also change the attribute, for trials that do not set the semantics.</summary>
    private static ImmutableDictionary<string, string?> Properties(List<Registration> registrations) =>
        registrations.Count == 0 || registrations.Any(registration => registration.Description?.SemanticsCall is null)
            ? ImmutableDictionary<string, string?>.Empty.Add(FixProperties.Attribute, null)
            : ImmutableDictionary<string, string?>.Empty;
}
