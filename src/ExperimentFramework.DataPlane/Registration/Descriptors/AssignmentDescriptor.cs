using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>Describes how an experiment assigns variants, before the container exists.</summary>
/// <param name="Variants">The experiment's variants.</param>
/// <param name="CreateSelector">Creates the selector.</param>
/// <param name="Policy">The assignment policy.</param>
/// <param name="Overrides">The overrides declared on the trial: variant keys by subject id.</param>
/// <param name="OverridesSection">The configuration section with more overrides; null for none.</param>
internal sealed record AssignmentDescriptor(
    IVariantSet Variants,
    Func<IServiceProvider, IVariantSelector> CreateSelector,
    AssignmentPolicy Policy,
    IReadOnlyDictionary<string, string> Overrides,
    string? OverridesSection)
{
    /// <summary>Whether the policy requires an assignment store.</summary>
    public bool NeedsStore => Policy is AssignmentPolicy.SubjectSticky or AssignmentPolicy.GloballySticky;

    public Assigner CreateAssigner(
        string experimentName, IServiceProvider services, IVariantSelector variantSelector, DataPlaneOptions options, IAssignmentObserver observer)
    {
        var time = NonThrowingTimeProvider.Of(services.GetRequiredService<TimeProvider>());
        var logger = services.NonThrowingLogger(DataPlaneLogCategories.Assignment);
        var store = services.GetRequiredService<AssignmentStores>().Of(Policy, experimentName);
        var selector = new SelectorInvoker(experimentName, Variants, variantSelector, Policy, observer, time, logger);
        return new Assigner(
            CreateCallOverrides(experimentName, services, time, logger),
            CreateOverrides(experimentName, services, time, logger),
            selector,
            store is null ? null : new StickyAssignments(
                experimentName,
                Policy,
                Variants,
                selector,
                store,
                new AssignmentCache(options.AssignmentCacheCapacity),
                observer,
                new StickyWindows(
                    new WindowTimer(services.GetRequiredService<CoarseClock>(), options.AssignmentCacheDuration),
                    new WindowTimer(services.GetRequiredService<CoarseClock>(), BreakerState.MaxRetryDelay))));
    }

    /// <summary>Creates call overrides only if the experiment selects: a service that chooses its variant itself would ignore them.</summary>
    private CallOverrides? CreateCallOverrides(string experimentName, IServiceProvider services, TimeProvider time, ILogger logger)
    {
        var providers = services.GetServices<IVariantOverrideProvider>().ToArray();
        return providers.Length == 0 || Variants is not TrialVariantSet
            ? null
            : new CallOverrides(experimentName, Variants, Policy, providers, time, logger);
    }

    private Overrides? CreateOverrides(string experimentName, IServiceProvider services, TimeProvider time, ILogger logger)
    {
        if (Overrides.Count == 0 && OverridesSection is null)
        {
            return null;
        }

        var configuration = OverridesSection is null ? null : RequiredConfiguration.Of(services, experimentName);
        return new Overrides(experimentName, Variants, Policy, Overrides, configuration, OverridesSection, time, logger);
    }
}
