using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>The analysis plans of the application.</summary>
internal sealed class AnalysisPlans
{
    /// <summary>The plans by experiment.</summary>
    public SortedDictionary<string, AnalysisPlan> ByExperiment { get; } = new(StringComparer.Ordinal);
}

/// <summary>A plan added in code.</summary>
/// <param name="Plan">The plan.</param>
internal sealed record AddedPlan(AnalysisPlan Plan);

/// <summary>Collects the plans added in code, and overrides their settings with those of the section <c>DataPlane:Plans</c>.</summary>
internal sealed class AnalysisPlansConfiguration(IEnumerable<AddedPlan> added, IEnumerable<KnownExperiment> experiments, IConfiguration? configuration = null) : IConfigureOptions<AnalysisPlans>
{
    public void Configure(AnalysisPlans options)
    {
        foreach (var plan in added)
        {
            options.ByExperiment[plan.Plan.ExperimentName] = plan.Plan;
        }

        if (ConfigurationKeyValidator.OfDestination(configuration, ConfigurationKeyValidator.PlansSection) is not { } section)
        {
            return;
        }

        ConfigurationKeyValidator.RequireSection(section);
        foreach (var experiment in section.GetChildren())
        {
            // Configuration keys are case-insensitive, but experiment names are not.
            var name = FindSpelling(options.ByExperiment.Keys, experiment.Key) ?? FindSpelling(experiments.Select(static known => known.Name), experiment.Key) ?? experiment.Key;
            options.ByExperiment[name] = new AnalysisPlanSection(experiment).Read(name, options.ByExperiment.GetValueOrDefault(name));
        }
    }

    private static string? FindSpelling(IEnumerable<string> names, string key) => names.FirstOrDefault(name => name.Equals(key, StringComparison.OrdinalIgnoreCase));
}

/// <summary>Validates the plans at startup, including against the variants of registered experiments.</summary>
internal sealed class AnalysisPlansValidator(IEnumerable<KnownExperiment> experiments) : IValidateOptions<AnalysisPlans>
{
    public ValidateOptionsResult Validate(string? name, AnalysisPlans options)
    {
        List<string> problems = [];
        foreach (var plan in options.ByExperiment.Values)
        {
            var known = experiments.FirstOrDefault(experiment => experiment.Name == plan.ExperimentName);
            if (known is null && experiments.FirstOrDefault(experiment => experiment.Name.Equals(plan.ExperimentName, StringComparison.OrdinalIgnoreCase)) is { } other)
            {
                problems.Add($"An analysis plan names the experiment '{plan.ExperimentName}', but the registered experiment is '{other.Name}'. Names are case-sensitive: use the same spelling.");
            }

            problems.AddRange(AnalysisPlanValidator.Problems(plan, known?.VariantKeys));
        }

        return OptionFailures.Result(problems);
    }
}
