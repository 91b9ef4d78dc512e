using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using ExperimentFramework.DataPlane;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the data plane and its destinations. Every destination that is registered receives every event.</summary>
public static class DataBackplaneServiceCollectionExtensions
{
    /// <summary>
    /// Registers the pipeline and sets its options. Where an <c>IConfiguration</c> is registered, its section <c>DataPlane</c> is bound first; what is
    /// set here goes before it. May be called several times; each call adds to the options.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets the options; null leaves them as they are.</param>
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

    /// <summary>Adds a destination of the application's own. A second call for the same type adds no second one.</summary>
    /// <typeparam name="TBackplane">The destination, created by the container as a singleton.</typeparam>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets the options; null leaves them as they are.</param>
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
    /// Its events are there when the call that caused them returns. A second call adds no second one.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="capacity">How many events are kept: at least 1. Default: 10,000.</param>
    /// <returns><paramref name="services"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="capacity"/> is less than 1.</exception>
    /// <exception cref="InvalidOperationException">It has been added with another capacity.</exception>
    public static IServiceCollection AddInMemoryDataBackplane(this IServiceCollection services, int capacity = InMemoryDataBackplane.DefaultCapacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        services.AddDataBackplane();
        var added = services.Select(descriptor => descriptor.IsKeyedService ? null : descriptor.ImplementationInstance).OfType<InMemoryRegistration>().LastOrDefault();
        if (added is not null && services.Contains(added.Destination) && services.Contains(added.Backplane))
        {
            return added.Capacity == capacity ? services : throw new InvalidOperationException(
                $"The in-memory data backplane has been added with a capacity of {added.Capacity}; it cannot be added again with {capacity}.");
        }

        // Either may have been removed since, by RemoveAll<IDataBackplane>() for example: then the last call counts.
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

    /// <summary>Adds a destination that writes each event as a structured log line at level Information.</summary>
    /// <param name="services">The services.</param>
    /// <returns><paramref name="services"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    public static IServiceCollection AddLoggingDataBackplane(this IServiceCollection services) =>
        services.AddDataBackplane<LoggingDataBackplane>();

    /// <summary>Adds several destinations at once; none affects another.</summary>
    /// <param name="services">The services.</param>
    /// <param name="backplaneFactories">Make the destinations: at least one. The composite disposes what they make.</param>
    /// <returns><paramref name="services"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> or <paramref name="backplaneFactories"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="backplaneFactories"/> is empty.</exception>
    public static IServiceCollection AddCompositeDataBackplane(
        this IServiceCollection services, params Func<IServiceProvider, IDataBackplane>[] backplaneFactories)
    {
        ArgumentNullException.ThrowIfNull(backplaneFactories);
        if (backplaneFactories.Length == 0)
        {
            throw new ArgumentException("A composite needs at least one backplane factory.", nameof(backplaneFactories));
        }

        services.AddDataBackplane();
        return services.AddSingleton<IDataBackplane>(provider => new CompositeDataBackplane(
            provider.GetRequiredService<PipelineConstruction>().CreateComposite(backplaneFactories, () => backplaneFactories
                .Select((create, index) => create(provider) ?? throw new InvalidOperationException($"Factory {index} of AddCompositeDataBackplane answered null."))
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

        // Before all that the application's code sets, or has set, which therefore goes before the configuration.
        services.AddSingleton<DataPlaneConfiguration>();
        services.Insert(0, ServiceDescriptor.Singleton<IConfigureOptions<DataPlaneOptions>>(provider => provider.GetRequiredService<DataPlaneConfiguration>()));
        services.AddOptions<DataPlaneOptions>().ValidateOnStart();
        services.AddSingleton<ReloadableOptions>();
        services.AddLogging();
        services.AddSingleton<CoarseClock>();
        services.AddSingleton<IValidateOptions<DataPlaneOptions>, DataPlaneOptionsValidator>();
        services.AddSingleton<DropLedger>();
        services.AddSingleton(provider => new DeliveryMetrics(provider.GetRequiredService<DropLedger>(), provider.GetService<IMeterFactory>()));
        services.AddSingleton(provider => new ShutdownBudget(
            provider.GetRequiredService<IOptions<DataPlaneOptions>>().Value.ShutdownTimeout, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new DestinationFactory(
            provider.GetRequiredService<IOptions<DataPlaneOptions>>().Value,
            provider.GetRequiredService<ShutdownBudget>(),
            provider.GetRequiredService<DropLedger>(),
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
        AddAssignments(services);
    }

    /// <summary>What applications see, and may have removed since the pipeline was registered: a later call adds it again.</summary>
    private static void AddPublicServices(IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IEventPublisher>(provider => new ValidatingEventPublisher(
            provider.GetRequiredService<EventPublisher>(),
            provider.GetServices<KnownExperiment>(),
            provider,
            provider.GetRequiredService<ILoggerFactory>()));
        services.TryAddScoped<ISubjectAssignments>(provider => new SubjectAssignments(
            provider.GetRequiredService<StickyExperiments>(),
            provider.GetRequiredService<AssignmentStores>(),
            () => provider.GetServices<ExperimentHandle>().Select(handle => handle.Experiment),
            experiment => new SubjectIdentity(
                provider.GetService<ISubjectIdentityProvider>(), experiment.Faults.IdentityProvider, experiment.Faults.SubjectTooLong, provider.NonThrowingLogger(DataPlaneLogCategories.Assignment))));
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

    /// <summary>What a call has registered, to be recognised by the next.</summary>
    private sealed record InMemoryRegistration(int Capacity, ServiceDescriptor Backplane, ServiceDescriptor Destination);
}
