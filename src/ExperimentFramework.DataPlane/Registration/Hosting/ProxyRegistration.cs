using ExperimentFramework.DataPlane.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ExperimentFramework.DataPlane;

/// <summary>Registers a proxy and its related services, both with the experiment's name as the key and in slot of the service itself.</summary>
/// <typeparam name="TService">The tagged interface.</typeparam>
/// <param name="experimentName">The experiment's name.</param>
/// <param name="proxy">The generated proxy.</param>
/// <param name="variants">The variants that the proxy serves, indexed by <see cref="Variant.Instance"/>.</param>
internal sealed class ProxyRegistration<TService>(
    string experimentName, ExposureProxy<TService> proxy, VariantSource<TService>[] variants)
    where TService : class
{
    /// <summary>Adds the registrations.</summary>
    /// <param name="services">The services.</param>
    /// <param name="descriptor">The experiment.</param>
    /// <param name="setup">The experiment's registration, for start-up messages.</param>
    /// <param name="validate">Validates the registrations again before the experiment starts.</param>
    /// <param name="lifetime">The proxy's lifetime.</param>
    /// <param name="slot">The slot that the proxy takes.</param>
    public void AddTo(IServiceCollection services, ExperimentDescriptor descriptor, ExperimentSetup setup, Action<IServiceProvider> validate, ServiceLifetime lifetime, ProxySlot slot)
    {
        services.TryAddTransient<ScopeDisposalSentinel>();
        services.AddKeyedSingleton(experimentName, (provider, _) =>
        {
            slot.Validate(services, experimentName, provider.NonThrowingLogger(DataPlaneLogCategories.Startup));
            validate(provider);
            return descriptor.Create(provider);
        });
        if (proxy.Contract.PersonalAttributes is { Count: > 0 } personal)
        {
            services.AddSingleton(new PersonalAttributes(experimentName, personal));
        }

        services.AddSingleton(new KnownExperiment(experimentName, setup.VariantKeys));
        services.AddSingleton(provider => new ExperimentHandle(provider.GetRequiredKeyedService<Experiment>(experimentName), setup));

        services.Add(ServiceDescriptor.DescribeKeyed(
            typeof(ProxyInstance<TService>), experimentName, (provider, _) => Create(provider, lifetime), lifetime));
        var named = ServiceDescriptor.DescribeKeyed(typeof(TService), experimentName, (provider, _) => Proxy(provider), lifetime);
        var isSlotNamed = experimentName.Equals(slot.ServiceKey);
        if (isSlotNamed)
        {
            // The service has the experiment's name as its key: the proxy takes its place once.
            slot.Take(services, named);
        }
        else
        {
            services.Add(named);
        }

        services.Add(ServiceDescriptor.DescribeKeyed(
            typeof(IExposureLogger<TService>), experimentName, (provider, _) => CreateLogger(provider), lifetime));
        if (isSlotNamed || slot.IsTaken(services))
        {
            return;
        }

        slot.Take(services, Describe(Proxy));
        var logger = Describe(provider => provider.GetRequiredKeyedService<IExposureLogger<TService>>(experimentName));
        ProxySlot.RemoveAll(services, logger.ServiceType, slot.ServiceKey);
        services.Add(logger);

        ServiceDescriptor Describe<T>(Func<IServiceProvider, T> create)
            where T : class => slot.ServiceKey is null
                ? ServiceDescriptor.Describe(typeof(T), create, lifetime)
                : ServiceDescriptor.DescribeKeyed(typeof(T), slot.ServiceKey, (provider, _) => create(provider), lifetime);
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
        instance.Decorator.OnResolved();
        return instance.Proxy;
    }

    private ProxyInstance<TService> Instance(IServiceProvider services) =>
        services.GetRequiredKeyedService<ProxyInstance<TService>>(experimentName);
}
