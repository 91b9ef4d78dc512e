using ExperimentFramework.DataPlane.Science;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that register analysis plans.</summary>
public static class AnalysisPlanServiceCollectionExtensions
{
    /// <summary>
    /// Adds the analysis plan of an experiment, and the experiment monitor that applies it. If an <c>IConfiguration</c> is registered, settings in its section <c>DataPlane:Plans:&lt;experiment&gt;</c> take precedence over
    /// those of the plan, one by one; a section for an experiment without a plan in code defines a plan. Plans are validated at startup.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="plan">The plan.</param>
    /// <returns><paramref name="services"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> or <paramref name="plan"/> is null.</exception>
    /// <exception cref="ArgumentException">A plan for the experiment has already been added.</exception>
    /// <exception cref="InvalidOperationException"><c>AddExperimentMonitorStreams</c> has been called. It monitors the events of all hosts.</exception>
    public static IServiceCollection AddAnalysisPlan(this IServiceCollection services, AnalysisPlan plan)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(plan);
        if (services.Any(descriptor => !descriptor.IsKeyedService && descriptor.ImplementationInstance is AddedPlan added && added.Plan.ExperimentName == plan.ExperimentName))
        {
            throw new ArgumentException($"An analysis plan for the experiment '{plan.ExperimentName}' has already been added; an experiment can have only one plan.", nameof(plan));
        }

        services.AddExperimentMonitor();
        return services.AddSingleton(new AddedPlan(plan));
    }
}
