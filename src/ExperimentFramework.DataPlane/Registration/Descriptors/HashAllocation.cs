namespace ExperimentFramework.DataPlane;

/// <summary>The weights that currently split an experiment's subjects.</summary>
/// <param name="Version">The version of the weights and the salt.</param>
/// <param name="Weights">The weight of each variant.</param>
internal sealed record HashAllocation(string Version, IReadOnlyDictionary<string, double> Weights)
{
    /// <summary>Returns the allocation of an experiment that selects by subject hash; null for any other.</summary>
    public static HashAllocation? Of(Experiment experiment)
    {
        // Only built-in selectors are called: a custom one may have side effects or block.
        if (experiment.Selector is not (SubjectHashSelector or ConfiguredWeightsSelector))
        {
            return null;
        }

        var selection = experiment.Selector.Select(new SelectionContext(experiment.Name, subjectId: null, subjectType: null, tenantId: null));
        return new HashAllocation(selection.AllocationVersion!, selection.Weights!);
    }

    /// <summary>The only variant with a weight above 0; null if there are several.</summary>
    public string? OnlyVariant => Weights.Where(weight => weight.Value > 0).Select(weight => weight.Key).Take(2).ToArray() is [var only] ? only : null;

    /// <summary>Returns the share of a variant, in percent.</summary>
    public double ShareOf(string variantKey)
    {
        // Relative to the largest weight, the sum cannot overflow.
        var largest = Weights.Values.Max();
        return 100 * (Weights[variantKey] / largest) / Weights.Values.Sum(weight => weight / largest);
    }
}
