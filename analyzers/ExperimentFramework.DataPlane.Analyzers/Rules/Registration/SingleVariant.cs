using Microsoft.CodeAnalysis.Operations;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Finds trials whose own code serves the same variant to every subject.</summary>
internal static class SingleVariant
{
    /// <summary>Describes the only served variant and the remedy; null if there are several variants, or if that is unknown.</summary>
    /// <param name="trial">The trial.</param>
    /// <param name="typeParameter">The type parameter of the calls that add variants, for the message; empty if they have none.</param>
    /// <param name="mayBeOverridden">Whether something may serve variants that the selector never selects.</param>
    public static string? Describe(TrialDescription trial, string typeParameter, Lazy<bool> mayBeOverridden)
    {
        var variants = trial.Variants.ToList();
        if (!trial.IsComplete || trial.Calls("AddControl").Count() != 1)
        {
            return null;
        }

        if (variants.Count == 1)
        {
            var only = TrialDescription.KeyOf(variants[0]) is var (onlyKey, _) ? $", '{onlyKey}'," : "";
            return $"has only one variant{only} so there is nothing to compare: call AddVariant{typeParameter}(key)";
        }

        // A variant without weight can still be served through an override, perhaps by a provider that the users of a library register, or a stored assignment.
        if (!ReadsWeights(trial) || IsReachedOtherwise(trial) || Weighted(variants) is not { } served)
        {
            return null;
        }

        var key = TrialDescription.KeyOf(served)?.Value;
        return key is null || mayBeOverridden.Value ? null : $"serves variant '{key}' to every subject, because it has all the weight: give another variant a weight above 0";
    }

    private static bool ReadsWeights(TrialDescription trial) => trial.Selectors.All(selector =>
        selector.TargetMethod.Name == TrialDescription.SubjectHash
        && selector.Arguments.FirstOrDefault(argument => argument.Parameter?.Name == "weightsSection")?.Value.ConstantValue is null or { HasValue: true, Value: null });

    private static bool IsReachedOtherwise(TrialDescription trial) =>
        trial.Calls("WithOverride").Any()
        || trial.Calls("WithOverridesFrom").Any()
        || trial.Calls("WithPolicy").Any(policy => TrialDescription.Constant(policy, "policy")?.Value is not (>= KnownPolicies.BestEffort and < KnownPolicies.SubjectSticky));

    /// <summary>Returns the only variant with a weight; null if there are several, or if a weight is unknown or invalid.</summary>
    private static IInvocationOperation? Weighted(List<IInvocationOperation> variants)
    {
        var weights = variants.Select(variant => TrialDescription.Constant(variant, "weight")?.Value as double?).ToList();
        return weights.All(weight => weight >= 0) && weights.Count(weight => weight > 0) == 1
            ? variants[weights.FindIndex(weight => weight > 0)]
            : null;
    }
}
