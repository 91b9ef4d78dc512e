namespace ExperimentFramework.DataPlane.Science;

/// <summary>Reports versions of the weights that are used but have not been declared.</summary>
internal sealed class UndeclaredFinding(MonitoredExperiment experiment)
{
    /// <summary>A declaration may arrive after the first exposures, but not much later.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>The versions that were reported.</summary>
    public HashSet<string> Reported { get; } = new(StringComparer.Ordinal);

    /// <summary>Adds a signal for each version whose declaration is missing, and for each that was declared later.</summary>
    public void Evaluate(DateTimeOffset now, List<AnalysisSignalEvent> signals)
    {
        foreach (var (version, seen) in experiment.Undeclared.All)
        {
            if (now - seen.Since >= Patience && Reported.Add(version))
            {
                signals.Add(new SignalData(experiment, AnalysisSignalType.UndeclaredAllocation)
                    .With("allocationVersion", version)
                    .With("exposures", seen.Exposures)
                    .Create(
                        now,
                        SignalSeverity.Warning,
                        $"The weights of allocation {version} of {experiment.Name} were never declared, so the split of its subjects cannot be tested. Set DataPlaneOptions.EnableAnalysisSignals to true, so that weights are declared, or publish an AllocationDeclared signal."));
            }
        }

        if (Reported.Count == 0)
        {
            return;
        }

        foreach (var version in Reported.Where(version => !experiment.Undeclared.All.ContainsKey(version)).ToArray())
        {
            Reported.Remove(version);
            signals.Add(new SignalData(experiment, AnalysisSignalType.UndeclaredAllocation)
                .With("allocationVersion", version)
                .With("exposures", 0L)
                .With("state", "recovered")
                .Create(now, SignalSeverity.Info, $"The weights of allocation {version} of {experiment.Name} have been declared."));
        }
    }
}
