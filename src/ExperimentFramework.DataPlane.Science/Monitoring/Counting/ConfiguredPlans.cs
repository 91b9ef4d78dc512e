namespace ExperimentFramework.DataPlane.Science;

/// <summary>The plans passed to a monitor, by experiment. They take precedence over plans in the stream.</summary>
internal sealed class ConfiguredPlans
{
    private readonly Dictionary<string, AnalysisPlan> _plans = new(StringComparer.Ordinal);

    /// <summary>Initializes the plans.</summary>
    /// <exception cref="ArgumentException">A plan is not valid, or an experiment has two.</exception>
    public ConfiguredPlans(IEnumerable<AnalysisPlan> plans)
    {
        foreach (var plan in plans)
        {
            ArgumentNullException.ThrowIfNull(plan, nameof(plans));
            AnalysisPlanValidator.Require(plan);
            if (!_plans.TryAdd(plan.ExperimentName, plan))
            {
                throw new ArgumentException($"The experiment '{plan.ExperimentName}' has two analysis plans; it must have one.", nameof(plans));
            }
        }
    }

    /// <summary>Makes the plan of an experiment its current plan, if there is one.</summary>
    public void Apply(MonitoredExperiment experiment)
    {
        if (_plans.TryGetValue(experiment.Name, out var plan))
        {
            experiment.Use(plan, isGiven: true);
        }
    }

    /// <summary>Makes a plan from the stream the current plan of its experiment, unless a plan was passed to the monitor.</summary>
    /// <returns>False if it cannot be read. True otherwise, even if it is older than the current plan, which then stays.</returns>
    public static bool TryFollow(AnalysisSignalEvent declaration, MonitoredExperiment experiment)
    {
        if (experiment.Plan.IsGiven)
        {
            return true;
        }

        var record = experiment.Plan;
        if (PlanDeclaration.Read(declaration) is not { } plan || plan.ExperimentName != experiment.Name)
        {
            // The plan may have its own times for looks, so results must not be shown before it can be read.
            record.UnreadableSince = record.UnreadableSince > declaration.Timestamp ? record.UnreadableSince : declaration.Timestamp;
            return false;
        }

        // Streams can be replayed, and several hosts declare their plans: an older plan must not replace a newer one.
        if (record.Plan is { } current && (plan.Version < current.Version || (plan.Version == current.Version && declaration.Timestamp < record.DeclaredAt)))
        {
            return true;
        }

        experiment.Use(plan, isGiven: false);
        record.DeclaredAt = declaration.Timestamp;
        record.UnreadableSince = record.UnreadableSince > declaration.Timestamp ? record.UnreadableSince : null;
        return true;
    }
}
