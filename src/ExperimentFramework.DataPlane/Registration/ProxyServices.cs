using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>Registers a proxy and what belongs to it, under the experiment's name and in the place of the service itself.</summary>
/// <typeparam name="TService">The tagged interface.</typeparam>
/// <param name="experimentName">The experiment's name.</param>
/// <param name="proxy">The generated proxy.</param>
/// <param name="variants">What the proxy serves, by <see cref="Variant.Instance"/>.</param>
internal sealed class ProxyServices<TService>(
    string experimentName, ExposureProxy<TService> proxy, VariantSource<TService>[] variants)
    where TService : class
{
    /// <summary>Registers all of it.</summary>
    /// <param name="services">The services.</param>
    /// <param name="plan">The experiment.</param>
    /// <param name="verify">Checks the registrations once more before the experiment starts.</param>
    /// <param name="lifetime">The proxy's lifetime.</param>
    /// <param name="isNamed">Whether the registration gave the experiment a name of its own: it does not replace another experiment's proxy then.</param>
    /// <param name="serviceKey">The key of the service that the proxy replaces; null where it has none.</param>
    public void AddTo(
        IServiceCollection services, ExperimentPlan plan, Action<IServiceProvider> verify, ServiceLifetime lifetime, bool isNamed, object? serviceKey = null)
    {
        services.TryAddTransient<ScopeEnd>();
        services.AddKeyedSingleton(experimentName, (provider, _) =>
        {
            RequireLastRegistration(services, serviceKey);
            verify(provider);
            return plan.Create(provider);
        });
        if (proxy.Contract.PersonalAttributes is { Count: > 0 } personal)
        {
            services.AddSingleton(new PersonalAttributes(experimentName, personal));
        }

        services.AddSingleton(provider => new ExperimentHandle(
            provider.GetRequiredKeyedService<Experiment>(experimentName),
            plan.LogsExposures,
            LeavesFallbackUnused: proxy.Contract.FallbackToControl && !plan.FallsBackToControl));

        services.Add(ServiceDescriptor.DescribeKeyed(
            typeof(ExposureLoggingDecorator<TService>), experimentName, (provider, _) => CreateDecorator(provider, lifetime), lifetime));
        services.Add(ServiceDescriptor.DescribeKeyed(
            typeof(TService), experimentName, (provider, _) => proxy.Create(Decorator(provider)), lifetime));
        services.Add(ServiceDescriptor.DescribeKeyed(
            typeof(IExposureLogger<TService>), experimentName, (provider, _) => CreateLogger(provider), lifetime));
        if (experimentName.Equals(serviceKey) || IsTaken(services, serviceKey, isNamed))
        {
            return;
        }

        Replace(services, serviceKey, lifetime, provider => provider.GetRequiredKeyedService<TService>(experimentName));
        services.AddSingleton(new ReplacedService(services[^1]));
        Replace(services, serviceKey, lifetime, provider => provider.GetRequiredKeyedService<IExposureLogger<TService>>(experimentName));
    }

    /// <summary>A plain experiment goes before a named one, and of two named ones the first keeps the service itself.</summary>
    private static bool IsTaken(IServiceCollection services, object? serviceKey, bool isNamed) =>
        isNamed && Registered(services, serviceKey) is { } registered && IsProxy(services, registered);

    private static bool IsProxy(IServiceCollection services, ServiceDescriptor registered) =>
        services.Any(descriptor => !descriptor.IsKeyedService
            && descriptor.ImplementationInstance is ReplacedService replaced
            && replaced.Proxy == registered);

    private static ServiceDescriptor? Registered(IServiceCollection services, object? serviceKey) =>
        services.LastOrDefault(descriptor => descriptor.ServiceType == typeof(TService) && Equals(descriptor.ServiceKey, serviceKey));

    /// <summary>A registration of the service after the experiment's would be served in the proxy's place, without a word.</summary>
    private void RequireLastRegistration(IServiceCollection services, object? serviceKey)
    {
        if (!experimentName.Equals(serviceKey) && Registered(services, serviceKey) is { } last && !IsProxy(services, last))
        {
            throw new InvalidOperationException(
                $"Experiment '{experimentName}' cannot start: {typeof(TService)} is registered again after it, so its proxy would never be served. Register the experiment last.");
        }
    }

    private static void Replace<T>(IServiceCollection services, object? serviceKey, ServiceLifetime lifetime, Func<IServiceProvider, T> create)
        where T : class
    {
        for (var i = services.Count - 1; i >= 0; i--)
        {
            if (services[i].ServiceType == typeof(T) && Equals(services[i].ServiceKey, serviceKey))
            {
                services.RemoveAt(i);
            }
        }

        services.Add(serviceKey is null
            ? ServiceDescriptor.Describe(typeof(T), create, lifetime)
            : ServiceDescriptor.DescribeKeyed(typeof(T), serviceKey, (provider, _) => create(provider), lifetime));
    }

    private ExposureLoggingDecorator<TService> CreateDecorator(IServiceProvider services, ServiceLifetime lifetime)
    {
        var experiment = services.GetRequiredKeyedService<Experiment>(experimentName);
        return new ExposureLoggingDecorator<TService>(
            experiment,
            new VariantInstances<TService>(services, variants, experiment.VariantFaults),
            new SubjectIdentity(
                services.GetService<ISubjectIdentityProvider>(),
                experiment.Faults.IdentityProvider,
                services.QuietLogger<SubjectIdentity>()),
            lifetime == ServiceLifetime.Scoped ? new ScopedAssignments(experiment.Assigner, experiment.Policy, experiment.Assignments) : null);
    }

    private ExposureLogger<TService> CreateLogger(IServiceProvider services) =>
        new(Decorator(services), services.GetRequiredService<ILogger<ExposureLogger<TService>>>());

    private ExposureLoggingDecorator<TService> Decorator(IServiceProvider services) =>
        services.GetRequiredKeyedService<ExposureLoggingDecorator<TService>>(experimentName);
}
