using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Checks the variants of one experiment.</summary>
/// <param name="context">Where to report.</param>
/// <param name="experiment">How messages name the experiment.</param>
/// <param name="place">Where the experiment is registered.</param>
/// <param name="typeParameter">The type parameter of the calls that add variants, for messages; empty if they have none.</param>
internal sealed class VariantChecks(OperationAnalysisContext context, string experiment, Location place, string typeParameter)
{
    /// <summary>Reports missing and second controls, invalid keys and invalid weights (DP4004).</summary>
    public void Check(TrialDescription description)
    {
        var controls = description.Calls("AddControl").ToList();
        if (controls.Count == 0 && description.IsComplete)
        {
            Report(place, $"there is no control; call AddControl{typeParameter}() once");
        }

        foreach (var second in controls.Skip(1))
        {
            Report(TrialDescription.NameLocation(second), $"there is a second control; keep one AddControl{typeParameter}() and give each other variant its own key");
        }

        var variants = description.Variants.ToList();
        CheckKeys(variants);
        CheckWeights(variants, description.IsComplete);
    }

    private void CheckKeys(List<IInvocationOperation> variants)
    {
        var keyed = variants
            .Select(variant => (Key: TrialDescription.KeyOf(variant), IsControl: variant.TargetMethod.Name == "AddControl", Stem: StemOf(variant)))
            .Where(variant => variant.Key is not null)
            .Select(variant => (variant.Key!.Value.Value, variant.Key.Value.Place, variant.IsControl, variant.Stem))
            .ToList();
        var unique = new UniqueVariantKeys(keyed.Select(variant => variant.Value));
        var keys = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, location, isControl, stem) in keyed)
        {
            var isReserved = UniqueVariantKeys.IsControl(key);
            var error =
                NameRules.Validate(key) is { } invalid ? invalid
                : isReserved && !isControl ? $"is reserved for control; call AddControl{typeParameter}() or use another key"
                : !isReserved && !keys.Add(key) ? "is used twice; give each variant its own key"
                : null;
            if (error is not null)
            {
                Report(location, $"the key '{key}' {error}", ImmutableDictionary<string, string?>.Empty.Add(FixProperties.FreeKey, unique.Allocate(key, stem)));
            }
        }
    }

    private void CheckWeights(List<IInvocationOperation> variants, bool isComplete)
    {
        var areAllZero = isComplete && variants.Count > 0;
        foreach (var variant in variants)
        {
            if (TrialDescription.Constant(variant, "weight") is not (double weight, { } location))
            {
                areAllZero = false;
                continue;
            }

            areAllZero &= weight == 0;
            if (double.IsNaN(weight) || double.IsInfinity(weight) || weight < 0)
            {
                Report(location, FormattableString.Invariant($"the weight {weight} must be a finite number of 0 or more"));
            }
        }

        if (areAllZero)
        {
            Report(place, "all weights are 0; give at least one variant a weight above 0");
        }
    }

    /// <summary>Returns what a new key is made of if nothing of the old one is usable.</summary>
    private static string StemOf(IInvocationOperation variant) => variant.TargetMethod.TypeArguments.FirstOrDefault()?.Name ?? "variant";

    private void Report(Location location, string problem, ImmutableDictionary<string, string?>? properties = null) =>
        context.ReportDiagnostic(Diagnostic.Create(RegistrationDescriptors.InvalidVariants, location, properties, experiment, problem));
}
