using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane;

/// <summary>A described experiment, ready to be registered.</summary>
internal sealed class Trial<TService>(
    string experimentName,
    ExposureProxy<TService> proxy,
    VariantRegistration<TService>[] variants,
    SelectorChoice selector,
    AssignmentPolicy policy,
    bool fallsBackToControl,
    ExposureSemantics? semantics,
    double? samplingRate) : ITrial
    where TService : class
{
    public string ExperimentName => experimentName;

    public void Register(IServiceCollection services, bool logsExposures)
    {
        foreach (var variant in variants)
        {
            variant.AddIfMissing(services);
        }

        var dependencies = new SharedLifetime(
            services, experimentName, typeof(TService), [.. variants.Select(variant => variant.ImplementationType), typeof(ISubjectIdentityProvider)], selector.ServiceType);
        var lifetime = dependencies.Lifetime;
        services.TryAddTransient<ScopeEnd>();
        services.AddKeyedSingleton(experimentName, (provider, _) =>
        {
            dependencies.Verify(lifetime);
            return CreateExperiment(provider, logsExposures);
        });
        services.AddSingleton(provider => new ExperimentHandle(provider.GetRequiredKeyedService<Experiment>(experimentName)));

        services.Add(ServiceDescriptor.DescribeKeyed(
            typeof(ExposureLoggingDecorator<TService>), experimentName, (provider, _) => CreateDecorator(provider), lifetime));
        services.Add(ServiceDescriptor.DescribeKeyed(
            typeof(TService), experimentName, (provider, _) => proxy.Create(Decorator(provider)), lifetime));
        services.Add(ServiceDescriptor.DescribeKeyed(
            typeof(IExposureLogger<TService>), experimentName, (provider, _) => CreateLogger(provider), lifetime));

        RemoveUnkeyed(services, typeof(TService));
        RemoveUnkeyed(services, typeof(IExposureLogger<TService>));
        services.Add(ServiceDescriptor.Describe(
            typeof(TService), provider => provider.GetRequiredKeyedService<TService>(experimentName), lifetime));
        services.Add(ServiceDescriptor.Describe(
            typeof(IExposureLogger<TService>), provider => provider.GetRequiredKeyedService<IExposureLogger<TService>>(experimentName), lifetime));
    }

    private static void RemoveUnkeyed(IServiceCollection services, Type serviceType)
    {
        for (var i = services.Count - 1; i >= 0; i--)
        {
            if (!services[i].IsKeyedService && services[i].ServiceType == serviceType)
            {
                services.RemoveAt(i);
            }
        }
    }

    private Experiment CreateExperiment(IServiceProvider services, bool logsExposures)
    {
        var options = services.GetRequiredService<IOptions<DataPlaneOptions>>().Value;
        var time = services.GetRequiredService<TimeProvider>();
        var weighted = variants.Select(variant => (variant.Key, variant.Weight)).ToArray();
        var assigner = new Assigner(
            experimentName,
            [.. variants.Select(variant => variant.Key)],
            selector.Create(services, experimentName, weighted),
            policy,
            time,
            services.GetRequiredService<ILogger<Assigner>>());
        var recorder = new ExposureRecorder(
            experimentName,
            [.. variants.Select(variant => new Variant(variant.Key, variant.ImplementationType.Module.ModuleVersionId))],
            new ExposureSettings(logsExposures, semantics ?? options.ExposureSemantics, samplingRate ?? options.SamplingRate),
            new RepeatMemory(options.RepeatCapacity, options.RepeatWindow, time),
            services.GetRequiredService<EventPublisher>(),
            services.GetRequiredService<DropLedger>(),
            time);
        return new Experiment(experimentName, assigner, recorder, fallsBackToControl);
    }

    private ExposureLoggingDecorator<TService> CreateDecorator(IServiceProvider services) => new(
        services.GetRequiredKeyedService<Experiment>(experimentName),
        new VariantInstances<TService>(services, [.. variants.Select(variant => variant.Create)]),
        new SubjectIdentity(services.GetService<ISubjectIdentityProvider>(), services.GetRequiredService<ILogger<SubjectIdentity>>()));

    private ExposureLogger<TService> CreateLogger(IServiceProvider services) =>
        new(Decorator(services), services.GetRequiredService<ILogger<ExposureLogger<TService>>>());

    private ExposureLoggingDecorator<TService> Decorator(IServiceProvider services) =>
        services.GetRequiredKeyedService<ExposureLoggingDecorator<TService>>(experimentName);
}
