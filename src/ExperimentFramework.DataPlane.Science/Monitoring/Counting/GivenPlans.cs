namespace ExperimentFramework.DataPlane.Science;

/// <summary>The plans that were given to a monitor, by experiment. They take precedence over those in the stream.</summary>
internal sealed class GivenPlans
{
    private readonly Dictionary<string, AnalysisPlan> _plans = new(StringComparer.Ordinal);

    /// <summary>Takes plans.</summary>
    /// <exception cref="ArgumentException">A plan is not valid, or an experiment has two.</exception>
    public GivenPlans(IEnumerable<AnalysisPlan> plans)
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

    /// <summary>Puts the plan of an experiment in force, if it has one.</summary>
    public void Apply(MonitoredExperiment experiment)
    {
        if (_plans.TryGetValue(experiment.Name, out var plan))
        {
            experiment.Use(plan, isGiven: true);
        }
    }

    /// <summary>Puts a plan of the stream in force, unless one was given.</summary>
    /// <returns>False if it cannot be read; true also if it is older than the one in force, which stays.</returns>
    public static bool TryFollow(AnalysisSignalEvent declaration, MonitoredExperiment experiment)
    {
        if (experiment.Plan.IsGiven)
        {
            return true;
        }

        var record = experiment.Plan;
        if (PlanDeclaration.Read(declaration) is not { } plan || plan.ExperimentName != experiment.Name)
        {
            // It may have its own times for looks, which nothing that is shown may break.
            record.UnreadableSince = record.UnreadableSince > declaration.Timestamp ? record.UnreadableSince : declaration.Timestamp;
            return false;
        }

        // Streams are read again, and several hosts declare their plans: an older one must not come back.
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
