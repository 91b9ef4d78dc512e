using Microsoft.CodeAnalysis.Operations;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Trials that serve the same variant to every subject, as far as their own code decides it.</summary>
internal static class SingleVariant
{
    /// <summary>Which variant is the only one, and what is missing; null where there are several, or where it cannot be known.</summary>
    public static string? Fault(TrialDescription trial)
    {
        var variants = trial.Variants.ToList();
        if (!trial.IsComplete || trial.Calls("AddControl").Count() != 1)
        {
            return null;
        }

        if (variants.Count == 1)
        {
            return $"has only one variant, '{UniqueVariantKeys.Control}', so there is nothing to compare: call AddVariant<T>(key)";
        }

        // Testers reach a variant without weight by an override, and returning subjects by what a store has kept.
        if (!ReadsWeights(trial) || IsReachedOtherwise(trial) || Weighted(variants) is not { } served)
        {
            return null;
        }

        var key = served.TargetMethod.Name == "AddControl" ? UniqueVariantKeys.Control : TrialDescription.Constant(served, "key")?.Value as string;
        return key is null ? null : $"serves variant '{key}' to everybody, because all weight is on it: give another variant a weight above 0";
    }

    private static bool ReadsWeights(TrialDescription trial) => trial.Selectors.All(selector =>
        selector.TargetMethod.Name == TrialDescription.SubjectHash
        && selector.Arguments.FirstOrDefault(argument => argument.Parameter?.Name == "weightsSection")?.Value.ConstantValue is null or { HasValue: true, Value: null });

    private static bool IsReachedOtherwise(TrialDescription trial) =>
        trial.Calls("WithOverride").Any()
        || trial.Calls("WithOverridesFrom").Any()
        || trial.Calls("WithPolicy").Any(policy => TrialDescription.Constant(policy, "policy")?.Value is not (>= KnownPolicies.BestEffort and < KnownPolicies.SubjectSticky));

    /// <summary>The only variant with a weight; null where there are several, or where a weight is not known or not one.</summary>
    private static IInvocationOperation? Weighted(List<IInvocationOperation> variants)
    {
        var weights = variants.Select(variant => TrialDescription.Constant(variant, "weight")?.Value as double?).ToList();
        return weights.All(weight => weight >= 0) && weights.Count(weight => weight > 0) == 1
            ? variants[weights.FindIndex(weight => weight > 0)]
            : null;
    }
}
