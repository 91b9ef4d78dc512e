using ExperimentFramework.DataPlane;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds exposure logging to services that are registered already.</summary>
public static class ExposureLoggingServiceCollectionExtensions
{
    /// <summary>
    /// Puts a proxy before the service's last registration, which goes on choosing and serving its variant itself; only the
    /// exposures are added.
    /// </summary>
    /// <typeparam name="TService">The interface tagged with <see cref="ExposureLoggedAttribute"/>.</typeparam>
    /// <param name="services">The services.</param>
    /// <param name="configure">Says which variant is served.</param>
    /// <param name="serviceKey">The key of the registration; null where it has none.</param>
    /// <returns><paramref name="services"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> or <paramref name="configure"/> is null.</exception>
    /// <exception cref="InvalidOperationException">The service is not registered, or the experiment cannot start; the message says why.</exception>
    public static IServiceCollection AddExposureLogging<TService>(
        this IServiceCollection services, Action<ExposureLoggingBuilder<TService>> configure, object? serviceKey = null)
        where TService : class
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        var proxy = RequiredProxy.Of<TService>(nameof(AddExposureLogging));
        var builder = new ExposureLoggingBuilder<TService>();
        configure(builder);
        var name = builder.ExperimentName ?? proxy.Contract.ExperimentName;
        var faults = new ExperimentFaults();
        var registered = services.LastOrDefault(descriptor => descriptor.ServiceType == typeof(TService) && Equals(descriptor.ServiceKey, serviceKey));
        if (registered is null)
        {
            faults.Add($"{typeof(TService).Name} is not registered{(serviceKey is null ? "" : $" under the key '{serviceKey}'")}: register it before AddExposureLogging.");
        }

        if (builder.Selector is null)
        {
            faults.Add("Nothing says which variant is served: call Using(selector).");
        }

        if (builder.HasSeveralSelectors)
        {
            faults.Add("Two selectors are named; keep one Using(...) call.");
        }

        faults.CheckRecording(builder.Semantics, builder.SamplingRate, proxy.Contract);
        faults.CheckName(name);
        faults.ThrowIfAny(name, typeof(TService));

        services.AddDataBackplane();
        services.RequireNewExperiment(name);
        Decorate(services, registered!, name, proxy, builder, serviceKey);
        return services;
    }

    private static void Decorate<TService>(
        IServiceCollection services,
        ServiceDescriptor registered,
        string name,
        ExposureProxy<TService> proxy,
        ExposureLoggingBuilder<TService> builder,
        object? serviceKey)
        where TService : class
    {
        var innerKey = new DecoratedService(name);
        var inner = DecoratedService.Rekeyed(registered, innerKey);
        services.Add(inner);

        var plan = new ExperimentPlan(
            name,
            new AssignmentPlan(
                new NamedVariants(TrialBuilder<TService>.ControlKey, DecoratedService.BuildOf(registered)),
                provider => builder.Selector!.Create(provider, name, []),
                AssignmentPolicy.BestEffort,
                new Dictionary<string, string>(),
                OverridesSection: null),
            FallsBackToControl: false,
            LogsExposures: true,
            proxy.Contract.RecordOutcomes,
            builder.Semantics ?? proxy.Contract.Semantics,
            builder.SamplingRate ?? proxy.Contract.SamplingRate);
        var dependencies = new SharedLifetime(
            services, name, typeof(TService), [(typeof(TService), innerKey), (typeof(ISubjectIdentityProvider), null)], builder.Selector!.ServiceType);
        var needsScope = plan.SemanticsUnder(RegisteredOptions.SoFar(services)) == ExposureSemantics.Explicit;
        var lifetime = inner.Lifetime == ServiceLifetime.Transient && !needsScope ? ServiceLifetime.Transient : dependencies.Conclude(needsScope);
        new ProxyServices<TService>(name, proxy, [new VariantSource<TService>($"the service {typeof(TService)} itself", provider => provider.GetRequiredKeyedService<TService>(innerKey))]).AddTo(
            services,
            plan,
            provider => dependencies.Verify(provider, lifetime),
            lifetime,
            isNamed: false,
            serviceKey);
    }
}
