using ExperimentFramework.DataPlane.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ExperimentFramework.DataPlane;

/// <summary>Registers a proxy and its related services, both with the experiment's name as the key and in the slot of the service itself.</summary>
/// <typeparam name="TService">The tagged interface.</typeparam>
/// <param name="proxy">The generated proxy.</param>
/// <param name="known">What is known about the experiment; its lifetime is that of the proxy.</param>
/// <param name="variants">The variants that the proxy serves, indexed by <see cref="Variant.Instance"/>.</param>
internal sealed class ProxyRegistration<TService>(ExposureProxy<TService> proxy, KnownExperiment known, VariantSource<TService>[] variants)
    where TService : class
{
    private readonly string _experimentName = known.Name;

    /// <summary>Adds the registrations.</summary>
    /// <param name="services">The services.</param>
    /// <param name="descriptor">The experiment.</param>
    /// <param name="setup">The experiment's registration, for start-up messages.</param>
    /// <param name="validate">Validates the registrations again before the experiment starts.</param>
    /// <param name="slot">The slot that the proxy takes.</param>
    public void AddTo(IServiceCollection services, ExperimentDescriptor descriptor, ExperimentSetup setup, Action<IServiceProvider> validate, ProxySlot slot)
    {
        services.TryAddTransient<ScopeDisposalSentinel>();
        var isSlotNamed = _experimentName.Equals(slot.ServiceKey);
        var takesSlot = !isSlotNamed && !slot.IsTaken(services);
        var named = ServiceDescriptor.DescribeKeyed(typeof(TService), _experimentName, (provider, _) => Proxy(provider), known.Lifetime);
        ExperimentRegistration.AddTo(services, descriptor, setup, known with { OwnsService = takesSlot && slot.ServiceKey is null }, provider =>
        {
            slot.Validate(services, _experimentName, provider.NonThrowingLogger(DataPlaneLogCategories.Startup));
            if (!isSlotNamed)
            {
                ProxySlot.ValidateName(services, named, _experimentName);
            }

            validate(provider);
        });
        services.AddSingleton(new PersonalAttributes(_experimentName, proxy.Contract.PersonalAttributes));
        services.Add(ServiceDescriptor.DescribeKeyed(
            typeof(ProxyInstance<TService>), _experimentName, (provider, _) => Create(provider), known.Lifetime));
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
            typeof(IExposureLogger<TService>), _experimentName, (provider, _) => CreateLogger(provider), known.Lifetime));
        if (!takesSlot)
        {
            return;
        }

        slot.Take(services, Describe(Proxy));
        var logger = Describe(provider => provider.GetRequiredKeyedService<IExposureLogger<TService>>(_experimentName));
        ProxySlot.RemoveAll(services, logger.ServiceType, slot.ServiceKey);
        services.Add(logger);

        ServiceDescriptor Describe<T>(Func<IServiceProvider, T> create)
            where T : class => slot.ServiceKey is null
                ? ServiceDescriptor.Describe(typeof(T), create, known.Lifetime)
                : ServiceDescriptor.DescribeKeyed(typeof(T), slot.ServiceKey, (provider, _) => create(provider), known.Lifetime);
    }

    private ProxyInstance<TService> Create(IServiceProvider services)
    {
        var scope = services.GetRequiredKeyedService<ExperimentScope>(_experimentName);
        var decorator = new ExposureLoggingDecorator<TService>(
            scope, new VariantInstances<TService>(services, variants, scope.Experiment.VariantFailures));
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
        services.GetRequiredKeyedService<ProxyInstance<TService>>(_experimentName);
}
