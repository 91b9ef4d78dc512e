using ExperimentFramework.DataPlane.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ExperimentFramework.DataPlane;

/// <summary>Registers a proxy and what belongs to it, under the experiment's name and in the place of the service itself.</summary>
/// <typeparam name="TService">The tagged interface.</typeparam>
/// <param name="experimentName">The experiment's name.</param>
/// <param name="proxy">The generated proxy.</param>
/// <param name="variants">What the proxy serves, by <see cref="Variant.Instance"/>.</param>
internal sealed class ProxyRegistration<TService>(
    string experimentName, ExposureProxy<TService> proxy, VariantSource<TService>[] variants)
    where TService : class
{
    /// <summary>Registers all of it.</summary>
    /// <param name="services">The services.</param>
    /// <param name="plan">The experiment.</param>
    /// <param name="setup">How it was registered.</param>
    /// <param name="verify">Checks the registrations once more before the experiment starts.</param>
    /// <param name="lifetime">The proxy's lifetime.</param>
    /// <param name="place">What the proxy takes the place of.</param>
    public void AddTo(IServiceCollection services, ExperimentDescriptor plan, ExperimentSetup setup, Action<IServiceProvider> verify, ServiceLifetime lifetime, ProxySlot place)
    {
        services.TryAddTransient<ScopeDisposalSentinel>();
        services.AddKeyedSingleton(experimentName, (provider, _) =>
        {
            place.Verify(services, experimentName, provider.NonThrowingLogger(DataPlaneLogCategories.Startup));
            verify(provider);
            return plan.Create(provider);
        });
        if (proxy.Contract.PersonalAttributes is { Count: > 0 } personal)
        {
            services.AddSingleton(new PersonalAttributes(experimentName, personal));
        }

        services.AddSingleton(new KnownExperiment(experimentName, setup.VariantKeys));
        services.AddSingleton(provider => new ExperimentHandle(provider.GetRequiredKeyedService<Experiment>(experimentName), setup));

        services.Add(ServiceDescriptor.DescribeKeyed(
            typeof(ProxyInstance<TService>), experimentName, (provider, _) => Create(provider, lifetime), lifetime));
        services.Add(ServiceDescriptor.DescribeKeyed(
            typeof(TService), experimentName, (provider, _) => Proxy(provider), lifetime));
        services.Add(ServiceDescriptor.DescribeKeyed(
            typeof(IExposureLogger<TService>), experimentName, (provider, _) => CreateLogger(provider), lifetime));
        if (experimentName.Equals(place.ServiceKey) || place.IsTaken(services))
        {
            return;
        }

        place.Take(services, Described(Proxy));
        var logger = Described(provider => provider.GetRequiredKeyedService<IExposureLogger<TService>>(experimentName));
        ProxySlot.RemoveAll(services, logger.ServiceType, place.ServiceKey);
        services.Add(logger);

        ServiceDescriptor Described<T>(Func<IServiceProvider, T> create)
            where T : class => place.ServiceKey is null
                ? ServiceDescriptor.Describe(typeof(T), create, lifetime)
                : ServiceDescriptor.DescribeKeyed(typeof(T), place.ServiceKey, (provider, _) => create(provider), lifetime);
    }

    private ProxyInstance<TService> Create(IServiceProvider services, ServiceLifetime lifetime)
    {
        var experiment = services.GetRequiredKeyedService<Experiment>(experimentName);
        var identity = new SubjectIdentity(
            services.GetService<ISubjectIdentityProvider>(),
            experiment.Faults.IdentityProvider,
            experiment.Faults.SubjectTooLong,
            services.NonThrowingLogger(DataPlaneLogCategories.Assignment));
        var decorator = new ExposureLoggingDecorator<TService>(
            experiment,
            new VariantInstances<TService>(services, variants, experiment.VariantFailures),
            identity,
            lifetime == ServiceLifetime.Scoped ? new ScopedAssignments(experiment.Assigner, experiment.Policy, identity, experiment.Assignments) : null);
        return new ProxyInstance<TService>(decorator, proxy.Create(decorator));
    }

    private ExposureLogger<TService> CreateLogger(IServiceProvider services) =>
        new(Instance(services).Decorator, services.NonThrowingLogger(DataPlaneLogCategories.Exposure));

    private TService Proxy(IServiceProvider services)
    {
        var instance = Instance(services);
        instance.Decorator.GivenOut();
        return instance.Proxy;
    }

    private ProxyInstance<TService> Instance(IServiceProvider services) =>
        services.GetRequiredKeyedService<ProxyInstance<TService>>(experimentName);
}
