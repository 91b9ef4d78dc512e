namespace ExperimentFramework.DataPlane;

/// <summary>
/// Configures exposure logging for a service that is already registered and chooses its variant itself, for example with a feature flag
/// service. The selector only reports which variant that is.
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

    /// <summary>Whether more than one selector was set, which is an error.</summary>
    internal bool HasSeveralSelectors { get; private set; }

    internal ExposureSemantics? Semantics { get; private set; }

    internal double? SamplingRate { get; private set; }

    /// <summary>Sets the experiment's name. Takes precedence over the attribute and the interface.</summary>
    /// <param name="experimentName">The experiment's name.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="experimentName"/> is null.</exception>
    public ExposureLoggingBuilder<TService> Named(string experimentName)
    {
        ArgumentNullException.ThrowIfNull(experimentName);
        ExperimentName = experimentName;
        return this;
    }

    /// <summary>Sets the selector that reports which variant the service serves to a subject: any key, up to 1,000 different ones.</summary>
    /// <param name="selector">The selector. Must be thread-safe.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="selector"/> is null.</exception>
    public ExposureLoggingBuilder<TService> Using(IVariantSelector selector)
    {
        ArgumentNullException.ThrowIfNull(selector);
        return Using(SelectorDescriptor.Instance(selector));
    }

    /// <summary>Sets a factory that creates, when the experiment starts, the selector that reports which variant the service serves.</summary>
    /// <param name="create">Creates the selector from the container's singletons. The selector must be thread-safe.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="create"/> is null.</exception>
    public ExposureLoggingBuilder<TService> Using(Func<IServiceProvider, IVariantSelector> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        return Using(SelectorDescriptor.Factory(create));
    }

    /// <summary>Sets a selector registered as a singleton in the container, which reports which variant the service serves.</summary>
    /// <typeparam name="TSelector">The selector's registered type.</typeparam>
    /// <returns>This builder.</returns>
    public ExposureLoggingBuilder<TService> Using<TSelector>()
        where TSelector : class, IVariantSelector =>
        Using(SelectorDescriptor.Service<TSelector>());

    /// <summary>Sets when exposures are recorded. Takes precedence over the attribute and the global option.</summary>
    /// <param name="semantics">The semantics.</param>
    /// <returns>This builder.</returns>
    public ExposureLoggingBuilder<TService> WithSemantics(ExposureSemantics semantics)
    {
        Semantics = semantics;
        return this;
    }

    /// <summary>Sets the share of subjects that are recorded. Takes precedence over the attribute and the global option.</summary>
    /// <param name="samplingRate">The sampling rate, from 0 to 1.</param>
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
