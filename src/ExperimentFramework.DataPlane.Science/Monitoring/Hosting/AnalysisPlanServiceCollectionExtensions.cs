using ExperimentFramework.DataPlane.Science;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that register analysis plans.</summary>
public static class AnalysisPlanServiceCollectionExtensions
{
    /// <summary>
    /// Adds the plan by which an experiment is analysed, and the experiment monitor that follows it. If an <c>IConfiguration</c> is registered, settings in its section <c>DataPlane:Plans:&lt;experiment&gt;</c> take precedence over
    /// those of the plan, one by one; a section without a plan in code is a plan of its own. Plans are validated at startup.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="plan">The plan.</param>
    /// <returns><paramref name="services"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> or <paramref name="plan"/> is null.</exception>
    /// <exception cref="ArgumentException">A plan of that experiment was added before.</exception>
    /// <exception cref="InvalidOperationException"><c>AddExperimentMonitorStreams</c> was called, which monitors the events of all hosts.</exception>
    public static IServiceCollection AddAnalysisPlan(this IServiceCollection services, AnalysisPlan plan)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(plan);
        if (services.Any(descriptor => !descriptor.IsKeyedService && descriptor.ImplementationInstance is AddedPlan added && added.Plan.ExperimentName == plan.ExperimentName))
        {
            throw new ArgumentException($"An analysis plan of the experiment '{plan.ExperimentName}' was added before; an experiment has one plan.", nameof(plan));
        }

        services.AddExperimentMonitor();
        return services.AddSingleton(new AddedPlan(plan));
    }
}
