using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Shapes.Tests;

/// <summary>A proxy in front of a variant that the test holds.</summary>
internal sealed class ServedExposure<TService> : IDisposable
    where TService : class
{
    private readonly ServiceProvider _services;

    private ServedExposure(ServiceProvider services) => _services = services;

    public TService Proxy => _services.GetRequiredService<TService>();

    public IReadOnlyList<DataPlaneEvent> Events =>
        [.. _services.GetRequiredService<InMemoryDataBackplane>().Events.Select(envelope => envelope.Payload)];

    public IReadOnlyList<ExposureEvent> Exposures => [.. Events.OfType<ExposureEvent>()];

    public IReadOnlyList<Guid?> ExposureIds =>
        [.. _services.GetRequiredService<InMemoryDataBackplane>().Events
            .Where(envelope => envelope.EventType == DataPlaneEventType.Exposure)
            .Select(envelope => (Guid?)envelope.EventId)];

    public IReadOnlyList<OutcomeEvent> Outcomes => [.. Events.OfType<OutcomeEvent>()];

    /// <summary>Serves the variant as the only one.</summary>
    public static ServedExposure<TService> By<TVariant>(TVariant variant)
        where TVariant : class, TService =>
        With(builder => builder.Trial<TService>(trial => trial.AddControl<TVariant>()), services => services.AddSingleton(variant));

    public static ServedExposure<TService> With(Action<ExperimentFrameworkBuilder> experiments, Action<IServiceCollection> services)
    {
        var collection = new ServiceCollection();
        services(collection);
        collection.AddInMemoryDataBackplane();
        collection.AddExperimentFramework(builder => experiments(builder.WithExposureLogging()));
        return new ServedExposure<TService>(collection.BuildServiceProvider());
    }

    public void Dispose() => _services.Dispose();
}

/// <summary>What a variant was called with.</summary>
public abstract class Recording
{
    public List<string> Calls { get; } = [];

    protected void Record(FormattableString call) => Calls.Add(FormattableString.Invariant(call));
}
