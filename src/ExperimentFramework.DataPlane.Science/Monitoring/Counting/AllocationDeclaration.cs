namespace ExperimentFramework.DataPlane.Science;

/// <summary>Reads the planned split from signals of type <see cref="AnalysisSignalType.AllocationDeclared"/>.</summary>
internal static class AllocationDeclaration
{
    private const string WeightPrefix = "weight:";

    /// <summary>Declares the planned split to its experiment. A signal without a version is ignored.</summary>
    /// <returns>Whether the experiment did not have it.</returns>
    public static bool Apply(AnalysisSignalEvent declaration, MonitoredExperiment experiment)
    {
        if (declaration.Data is not { } data || data.GetValueOrDefault("allocationVersion") is not string version)
        {
            return false;
        }

        Dictionary<string, double> weights = new(StringComparer.Ordinal);
        foreach (var (name, value) in data)
        {
            if (name.StartsWith(WeightPrefix, StringComparison.Ordinal))
            {
                weights[name[WeightPrefix.Length..]] = EventNumber.Of(value);
            }
        }

        return experiment.Declare(version, weights);
    }
}
