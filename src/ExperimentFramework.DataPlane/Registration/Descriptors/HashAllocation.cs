namespace ExperimentFramework.DataPlane;

/// <summary>The weights by which an experiment splits its subjects now.</summary>
/// <param name="Version">Which set of weights and which salt.</param>
/// <param name="Weights">The weight of each variant.</param>
internal sealed record HashAllocation(string Version, IReadOnlyDictionary<string, double> Weights)
{
    /// <summary>The allocation of an experiment that splits by the hash of the subject; null for one that selects otherwise.</summary>
    public static HashAllocation? Of(Experiment experiment)
    {
        // Only selectors of our own are asked: another's may count, or wait for something.
        if (experiment.Selector is not (SubjectHashSelector or ConfiguredWeightsSelector))
        {
            return null;
        }

        var selection = experiment.Selector.Select(new SelectionContext(experiment.Name, subjectId: null, subjectType: null, tenantId: null));
        return new HashAllocation(selection.AllocationVersion!, selection.Weights!);
    }

    /// <summary>The variant that gets every subject; null where there are several that get some.</summary>
    public string? OnlyVariant => Weights.Where(weight => weight.Value > 0).Select(weight => weight.Key).Take(2).ToArray() is [var only] ? only : null;

    /// <summary>The share of a variant, in percent.</summary>
    public double ShareOf(string variantKey)
    {
        // Relative to the largest, no sum can overflow.
        var largest = Weights.Values.Max();
        return 100 * (Weights[variantKey] / largest) / Weights.Values.Sum(weight => weight / largest);
    }
}
