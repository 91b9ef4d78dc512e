using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using ExperimentFramework.DataPlane;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the data plane and its destinations. Every registered destination receives every event.</summary>
public static class DataBackplaneServiceCollectionExtensions
{
    /// <summary>
    /// Registers the pipeline and sets its options. If an <c>IConfiguration</c> is registered, its section <c>DataPlane</c> is bound first; options set
    /// here take precedence over it. May be called several times; the calls are applied in order.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Configures the options; null leaves them unchanged.</param>
    /// <returns><paramref name="services"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    public static IServiceCollection AddDataBackplane(this IServiceCollection services, Action<DataPlaneOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        AddPipeline(services);
        AddPublicServices(services);
        if (configure is not null)
        {
            services.Configure(configure);
        }

        return services;
    }

    /// <summary>Adds a custom destination. Calling this again for the same type adds no second one.</summary>
    /// <typeparam name="TBackplane">The destination, created by the container as a singleton.</typeparam>
    /// <param name="services">The services.</param>
    /// <param name="configure">Configures the options; null leaves them unchanged.</param>
    /// <returns><paramref name="services"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    public static IServiceCollection AddDataBackplane<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TBackplane>(
        this IServiceCollection services, Action<DataPlaneOptions>? configure = null)
        where TBackplane : class, IDataBackplane
    {
        services.AddDataBackplane(configure);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IDataBackplane, TBackplane>());
        return services;
    }

    /// <summary>
    /// Adds a destination that keeps the latest events in memory, also registered as <see cref="InMemoryDataBackplane"/>.
    /// Events are available when the call that caused them returns. Calling this again adds no second destination.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="capacity">The maximum number of events kept: at least 1. Default: 10,000.</param>
    /// <returns><paramref name="services"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="capacity"/> is less than 1.</exception>
    /// <exception cref="InvalidOperationException">It has already been added with another capacity.</exception>
    public static IServiceCollection AddInMemoryDataBackplane(this IServiceCollection services, int capacity = InMemoryDataBackplane.DefaultCapacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        services.AddDataBackplane();
        var added = services.Select(descriptor => descriptor.IsKeyedService ? null : descriptor.ImplementationInstance).OfType<InMemoryRegistration>().LastOrDefault();
        if (added is not null && services.Contains(added.Destination) && services.Contains(added.Backplane))
        {
            return added.Capacity == capacity ? services : throw new InvalidOperationException(
                $"The in-memory data backplane has already been added with a capacity of {added.Capacity} and cannot be added again with {capacity}. Use the same capacity in both calls.");
        }

        // Either registration may have been removed since, for example by RemoveAll<IDataBackplane>(); then this call replaces both.
        services.RemoveAll<InMemoryDataBackplane>();
        if (added is not null)
        {
            services.Remove(added.Destination);
        }

        services.AddSingleton(_ => new InMemoryDataBackplane(capacity));
        var backplane = services[^1];
        services.AddSingleton<IDataBackplane>(provider => provider.GetRequiredService<InMemoryDataBackplane>());
        return services.AddSingleton(new InMemoryRegistration(capacity, backplane, services[^1]));
    }

    /// <summary>
    /// Adds a destination that writes each event as a structured log entry at level Information. If an <c>IConfiguration</c> is registered, its section <c>DataPlane:Logging</c> is
    /// bound first; options set here take precedence over it. Calling this again adds no second destination.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Configures the options; null keeps the defaults.</param>
    /// <returns><paramref name="services"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    public static IServiceCollection AddLoggingDataBackplane(this IServiceCollection services, Action<LoggingDataBackplaneOptions>? configure = null)
    {
        services.AddDataBackplane();
        services.AddConfigurationOf<LoggingDataBackplaneOptions>(configuration => new LoggingDataBackplaneConfiguration(configuration));
        services.AddNamedOptions<LoggingDataBackplaneOptions, LoggingDataBackplaneOptionsValidator>(Microsoft.Extensions.Options.Options.DefaultName, configure);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IDataBackplane, LoggingDataBackplane>(provider => new LoggingDataBackplane(
            provider.GetRequiredService<ILogger<LoggingDataBackplane>>(), provider.GetRequiredService<IOptions<LoggingDataBackplaneOptions>>().Value)));
        return services;
    }

    /// <summary>Adds several destinations with one registration. They are independent of each other.</summary>
    /// <param name="services">The services.</param>
    /// <param name="backplaneFactories">The factories of the destinations: at least one. The composite disposes the destinations.</param>
    /// <returns><paramref name="services"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> or <paramref name="backplaneFactories"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="backplaneFactories"/> is empty.</exception>
    public static IServiceCollection AddCompositeDataBackplane(
        this IServiceCollection services, params Func<IServiceProvider, IDataBackplane>[] backplaneFactories)
    {
        ArgumentNullException.ThrowIfNull(backplaneFactories);
        if (backplaneFactories.Length == 0)
        {
            throw new ArgumentException("A composite requires at least one backplane factory.", nameof(backplaneFactories));
        }

        services.AddDataBackplane();
        return services.AddSingleton<IDataBackplane>(provider => new CompositeDataBackplane(
            provider.GetRequiredService<PipelineConstruction>().CreateComposite(backplaneFactories, () => backplaneFactories
                .Select((create, index) => create(provider) ?? throw new InvalidOperationException($"Factory {index} of AddCompositeDataBackplane returned null."))
                .ToArray()),
            provider.GetRequiredService<DestinationFactory>(),
            provider.GetRequiredService<DropLedger>()));
    }

    private static void AddPipeline(IServiceCollection services)
    {
        if (services.Any(descriptor => descriptor.ServiceType == typeof(EventPublisher)))
        {
            return;
        }

        // Inserted before all other option configuration, so that options set in code take precedence over the configuration.
        services.AddSingleton<DataPlaneConfiguration>();
        services.Insert(0, ServiceDescriptor.Singleton<IConfigureOptions<DataPlaneOptions>>(provider => provider.GetRequiredService<DataPlaneConfiguration>()));
        services.AddOptions<DataPlaneOptions>().ValidateOnStart();
        services.AddSingleton<ReloadableOptions>();
        services.AddLogging();
        services.AddSingleton<CoarseClock>();
        services.AddSingleton<IValidateOptions<DataPlaneOptions>, DataPlaneOptionsValidator>();
        services.AddSingleton<IValidateOptions<DataPlaneOptions>, VariantValuesValidator>();
        services.AddSingleton<ExperimentCatalog>();
        services.AddSingleton(RecordedExperimentsFactory.Create);
        services.AddSingleton<DropLedger>();
        services.AddSingleton(provider => new DeliveryMetrics(provider.GetRequiredService<DropLedger>(), provider.GetService<IMeterFactory>()));
        services.AddSingleton(provider => new ShutdownBudget(
            provider.GetRequiredService<IOptions<DataPlaneOptions>>().Value.ShutdownTimeout, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new DestinationFactory(
            provider.GetRequiredService<IOptions<DataPlaneOptions>>().Value,
            provider.GetRequiredService<ShutdownBudget>(),
            provider.GetRequiredService<DeliveryMetrics>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>(),
            provider.GetService<IEventOutbox>(),
            exceptions: provider.GetRequiredService<EventRedaction>().Exceptions));
        services.AddSingleton(provider => new ReplacedValues(provider.GetService<IMeterFactory>()));
        services.AddSingleton<EventRedaction>();
        services.AddSingleton(new PipelineConstruction(services));
        services.AddSingleton(new RegisteredServices(services));
        services.AddSingleton<StartupReview>();
        services.AddSingleton<ExperimentSummary>();
        services.AddSingleton(provider => provider.GetRequiredService<PipelineConstruction>().Create(provider));
        services.AddSingleton<EventPublisher>();
        services.AddSingleton<RecordedSubjectType>();
        services.AddSingleton<MetricEventFactory>();
        services.AddSingleton<MetricDiagnostics>();
        services.AddSingleton<IHealthContributor>(provider => provider.GetRequiredService<MetricDiagnostics>());
        AddAssignments(services);
    }

    /// <summary>Adds the services that applications use. They may have been removed since the pipeline was registered; a later call adds them again.</summary>
    private static void AddPublicServices(IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IEventPublisher>(provider => new ValidatingEventPublisher(
            provider.GetRequiredService<EventPublisher>(),
            provider.GetRequiredService<MetricDiagnostics>(),
            provider.GetServices<KnownExperiment>(),
            provider,
            provider.GetRequiredService<ILoggerFactory>()));
        services.TryAddScoped<ISubjectAssignments>(provider => new SubjectAssignments(
            provider.GetRequiredService<StickyExperiments>(),
            provider.GetRequiredService<AssignmentStores>(),
            subject => ProcessMemory.Forget(provider, subject),
            experiment => new SubjectIdentity(
                provider.GetService<ISubjectIdentityProvider>(), experiment.Faults.IdentityProvider, experiment.Faults.SubjectTooLong, provider.NonThrowingLogger(DataPlaneLogCategories.Assignment))));
        SubjectServices.AddTo(services);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, ExperimentHostedService>());
    }

    private static void AddAssignments(IServiceCollection services)
    {
        services.AddSingleton(provider => new AssignmentStores(
            provider.GetServices<IAssignmentStore>(),
            provider.GetRequiredService<IOptions<DataPlaneOptions>>().Value,
            provider.GetRequiredService<ShutdownBudget>(),
            NonThrowingTimeProvider.Of(provider.GetRequiredService<TimeProvider>()),
            provider.NonThrowingLogger(DataPlaneLogCategories.Assignment),
            provider.GetService<IMeterFactory>()));
        services.AddSingleton<IHealthContributor>(provider => provider.GetRequiredService<AssignmentStores>());
        services.AddSingleton(provider => new StickyExperiments(provider.GetServices<ExperimentHandle>().Select(handle => handle.Experiment)));
    }

    /// <summary>Records the registrations of a call, so that the next call recognises them.</summary>
    private sealed record InMemoryRegistration(int Capacity, ServiceDescriptor Backplane, ServiceDescriptor Destination);
}
