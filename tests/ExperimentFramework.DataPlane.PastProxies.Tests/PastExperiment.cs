using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.PastProxies.Tests;

/// <summary>A proxy of the checked-in binary, which serves the variant "new" to the subject "user-1".</summary>
internal sealed class PastExperiment<TService> : IAsyncDisposable
    where TService : class
{
    public const string Subject = "user-1";

    private readonly ServiceProvider _services;

    private PastExperiment(ServiceProvider services) => _services = services;

    public TService Proxy => _services.GetRequiredService<TService>();

    public IReadOnlyList<ExposureEvent> Exposures => [.. Events.OfType<ExposureEvent>()];

    public IReadOnlyList<OutcomeEvent> Outcomes => [.. Events.OfType<OutcomeEvent>()];

    private IEnumerable<DataPlaneEvent> Events => _services.GetRequiredService<InMemoryDataBackplane>().Events.Select(envelope => envelope.Payload);

    public static PastExperiment<TService> Of<TControl, TNew>(IAssignmentStore? store = null)
        where TControl : class, TService
        where TNew : class, TService =>
        With(
            experiments => experiments.Trial<TService>(trial => Configure<TControl, TNew>(store is null ? trial : trial.WithPolicy(AssignmentPolicy.SubjectSticky))),
            services =>
            {
                services.AddTransient<TControl>().AddTransient<TNew>();
                if (store is not null)
                {
                    // The test decides when the store answers, and not a busy machine.
                    services.AddAssignmentStore(store).Configure<DataPlaneOptions>(options => options.StoreTimeout = TimeSpan.FromSeconds(5));
                }
            });

    public static PastExperiment<TService> With(Action<ExperimentFrameworkBuilder> experiments, Action<IServiceCollection> services)
    {
        var collection = new ServiceCollection();
        services(collection);
        collection.AddInMemoryDataBackplane();
        collection.AddExperimentFramework(builder => experiments(builder.WithExposureLogging()));
        return new PastExperiment<TService>(collection.BuildServiceProvider());
    }

    public static void Configure<TControl, TNew>(TrialBuilder<TService> trial)
        where TControl : class, TService
        where TNew : class, TService =>
        trial.AddControl<TControl>().AddVariant<TNew>("new").Using(new AlwaysNew());

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private sealed class AlwaysNew : IVariantSelector
    {
        public VariantSelection Select(in SelectionContext context) => new("new", SelectionReasons.RuleMatch);
    }
}
