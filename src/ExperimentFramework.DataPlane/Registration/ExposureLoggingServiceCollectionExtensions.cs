using ExperimentFramework.DataPlane;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds exposure logging to services that are already registered.</summary>
public static class ExposureLoggingServiceCollectionExtensions
{
    /// <summary>
    /// Decorates the service's last registration with a proxy that records exposures. The service continues to choose and serve its variant
    /// itself. Other registrations of the service are unchanged.
    /// </summary>
    /// <typeparam name="TService">The interface tagged with <see cref="ExposureLoggedAttribute"/>.</typeparam>
    /// <param name="services">The services.</param>
    /// <param name="configure">Configures the experiment and how the served variant is determined.</param>
    /// <param name="serviceKey">The key of the registration; null if it has none.</param>
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
        var errors = new ExperimentValidationErrors();
        var registered = Registered(services, typeof(TService), serviceKey);
        if (Equals(serviceKey, KeyedService.AnyKey))
        {
            errors.Add("KeyedService.AnyKey matches every key, but an experiment has one service. Pass the key that is resolved.");
        }
        else if (registered is null)
        {
            errors.Add($"{CSharpTypeName.Of(typeof(TService))} is not registered{(serviceKey is null ? "" : $" with the key '{serviceKey}'")}. Register it before AddExposureLogging.");
        }

        if (builder.Selector is null)
        {
            errors.Add("No selector is set. Call Using(selector).");
        }

        if (builder.HasSeveralSelectors)
        {
            errors.Add("Two selectors are set. Keep one Using(...) call.");
        }

        errors.CheckRecording(builder.Semantics, builder.SamplingRate, proxy.Contract);
        errors.CheckName(name);
        errors.ThrowIfAny(name, typeof(TService));

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
        var inner = DecoratedServiceKey.Add(services, registered, typeof(TService), serviceKey, name);
        var recording = new RecordingDescriptor(
            name, LogsExposures: true, builder.Semantics ?? proxy.Contract.Semantics, builder.SamplingRate ?? proxy.Contract.SamplingRate);
        var descriptor = new ExperimentDescriptor(
            recording,
            new AssignmentDescriptor(
                new OpenVariantSet(VariantKeys.Control, DecoratedServiceKey.BuildOf(registered)),
                provider => builder.Selector!.Create(provider, name, []),
                AssignmentPolicy.BestEffort,
                new Dictionary<string, string>(),
                OverridesSection: null),
            FallsBackToControl: false,
            proxy.Contract.RecordOutcomes);
        var dependencies = new ProxyLifetime(
            services, name, $"the proxy of {CSharpTypeName.Of(typeof(TService))}", [(inner.Type, inner.Key), (typeof(ISubjectIdentityProvider), null)], builder.Selector!.ServiceType);
        var needsScope = recording.NeedsScope(AssignmentPolicy.BestEffort, services);
        var lifetime = registered.Lifetime == ServiceLifetime.Transient && !needsScope ? ServiceLifetime.Transient : dependencies.Resolve(needsScope);
        var source = new VariantSource<TService>(
            $"the service {typeof(TService)}", provider => (TService)provider.GetRequiredKeyedService(inner.Type, inner.Key));
        new ProxyRegistration<TService>(proxy, new KnownExperiment(name, VariantKeys: null, typeof(TService), lifetime, needsScope), [source]).AddTo(
            services,
            descriptor,
            new ExperimentSetup(
                typeof(TService),
                VariantKeys: null,
                builder.Selector,
                LogsExposures: true,
                LeavesFallbackUnused: proxy.Contract.FallbackToControl,
                proxy.Contract.RecordOutcomes),
            provider => dependencies.Validate(provider, lifetime),
            new ProxySlot(typeof(TService), serviceKey, registered));
        SubjectServices.AddTo(services);
    }

    /// <summary>Returns the registration the container would resolve: the last one for the type and key, else for the open generic, else for any key.</summary>
    private static ServiceDescriptor? Registered(IServiceCollection services, Type service, object? serviceKey)
    {
        return Last(service, serviceKey)
            ?? (service.IsConstructedGenericType ? Last(service.GetGenericTypeDefinition(), serviceKey) : null)
            ?? (serviceKey is null ? null : Last(service, KeyedService.AnyKey));

        ServiceDescriptor? Last(Type type, object? key) => services.LastOrDefault(descriptor => descriptor.ServiceType == type && Equals(descriptor.ServiceKey, key));
    }
}
