namespace ExperimentFramework.DataPlane;

/// <summary>
/// Describes exposure logging for a service that is registered already and chooses its variant itself, by a flag system say:
/// the selector only tells which variant that is.
/// </summary>
/// <typeparam name="TService">The interface tagged with <see cref="ExposureLoggedAttribute"/>.</typeparam>
public sealed class ExposureLoggingBuilder<TService>
    where TService : class
{
    internal ExposureLoggingBuilder()
    {
    }

    internal string? ExperimentName { get; private set; }

    internal SelectorDescriptor? Selector { get; private set; }

    /// <summary>Whether several selectors are named, of which only one can be meant.</summary>
    internal bool HasSeveralSelectors { get; private set; }

    internal ExposureSemantics? Semantics { get; private set; }

    internal double? SamplingRate { get; private set; }

    /// <summary>Names the experiment, before the attribute and the interface.</summary>
    /// <param name="experimentName">The experiment's name.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="experimentName"/> is null.</exception>
    public ExposureLoggingBuilder<TService> Named(string experimentName)
    {
        ArgumentNullException.ThrowIfNull(experimentName);
        ExperimentName = experimentName;
        return this;
    }

    /// <summary>Says which variant the service serves to a subject: any key, of at most 1,000 different ones.</summary>
    /// <param name="selector">The selector, called from many threads at once.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="selector"/> is null.</exception>
    public ExposureLoggingBuilder<TService> Using(IVariantSelector selector)
    {
        ArgumentNullException.ThrowIfNull(selector);
        return Using(SelectorDescriptor.Instance(selector));
    }

    /// <summary>Says which variant the service serves, by a selector that a factory makes when the experiment starts.</summary>
    /// <param name="create">Makes the selector, called from many threads at once, from the container's singletons.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="create"/> is null.</exception>
    public ExposureLoggingBuilder<TService> Using(Func<IServiceProvider, IVariantSelector> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        return Using(SelectorDescriptor.Factory(create));
    }

    /// <summary>Says which variant the service serves, by a selector that is registered as a singleton in the container.</summary>
    /// <typeparam name="TSelector">The selector's registered type.</typeparam>
    /// <returns>This builder.</returns>
    public ExposureLoggingBuilder<TService> Using<TSelector>()
        where TSelector : class, IVariantSelector =>
        Using(SelectorDescriptor.Service<TSelector>());

    /// <summary>Sets when exposures are recorded, before the attribute and the options.</summary>
    /// <param name="semantics">The semantics.</param>
    /// <returns>This builder.</returns>
    public ExposureLoggingBuilder<TService> WithSemantics(ExposureSemantics semantics)
    {
        Semantics = semantics;
        return this;
    }

    /// <summary>Sets the share of subjects that are recorded, before the attribute and the options.</summary>
    /// <param name="samplingRate">From 0 to 1.</param>
    /// <returns>This builder.</returns>
    public ExposureLoggingBuilder<TService> WithSamplingRate(double samplingRate)
    {
        SamplingRate = samplingRate;
        return this;
    }

    internal ExposureLoggingBuilder<TService> Using(Func<IServiceProvider, string, IVariantSelector> create) => Using(SelectorDescriptor.Factory(create));

    private ExposureLoggingBuilder<TService> Using(SelectorDescriptor selector)
    {
        HasSeveralSelectors = Selector is not null;
        Selector = selector;
        return this;
    }
}
