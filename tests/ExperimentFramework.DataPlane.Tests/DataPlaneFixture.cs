using ExperimentFramework.DataPlane.Tests.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Tests;

/// <summary>A container with virtual time, collected logs and an in-memory destination.</summary>
internal sealed class DataPlaneFixture : IAsyncDisposable
{
    private EventPublisher? _publisher;

    private DataPlaneFixture(ServiceProvider services, PacedTime time)
    {
        Services = services;
        Time = time;
        time.AreWorkersResting = () => Publisher?.Pipeline.IsResting != false;
    }

    public ServiceProvider Services { get; }

    public FakeTimeProvider Time { get; }

    public InMemoryDataBackplane Backplane => Services.GetRequiredService<InMemoryDataBackplane>();

    public IReadOnlyList<ExposureEvent> Exposures => [.. Backplane.Events.Select(envelope => envelope.Payload).OfType<ExposureEvent>()];

    public IReadOnlyList<AssignmentEvent> Changes => [.. Backplane.Events.Select(envelope => envelope.Payload).OfType<AssignmentEvent>()];

    /// <summary>What was logged, each message of the data plane as the register of messages has it.</summary>
    public IReadOnlyList<FakeLogRecord> Logs => LogMessages.Checked(Services.GetRequiredService<FakeLogCollector>().GetSnapshot());

    /// <summary>The pipeline alone, with the destinations that the test adds.</summary>
    public static DataPlaneFixture Bare(Action<DataPlaneOptions> options, Action<IServiceCollection> services)
    {
        var time = new PacedTime(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        var collection = new ServiceCollection();
        collection.AddSingleton<TimeProvider>(time);
        collection.AddMetrics();
        collection.AddLogging(logging => logging.AddFakeLogging());
        collection.AddDataBackplane(WithoutAccounts);
        collection.AddDataBackplane(options);
        services(collection);
        return new DataPlaneFixture(collection.BuildServiceProvider(validateScopes: true), time);
    }

    public static DataPlaneFixture With(Action<ExperimentFrameworkBuilder> experiments, Action<DataPlaneOptions>? options = null, Action<IServiceCollection>? services = null)
    {
        var time = new PacedTime(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        var collection = new ServiceCollection();
        collection.AddSingleton<TimeProvider>(time);
        collection.AddMetrics();
        collection.AddLogging(logging => logging.AddFakeLogging());
        services?.Invoke(collection);
        collection.AddDataBackplane(WithoutAccounts);
        collection.AddDataBackplane(options);
        collection.AddInMemoryDataBackplane();
        collection.AddExperimentFramework(builder => experiments(builder.WithExposureLogging()));
        return new DataPlaneFixture(collection.BuildServiceProvider(validateScopes: true), time);
    }

    /// <summary>The trial of <see cref="Greeting"/> with one destination, behind a queue.</summary>
    public static DataPlaneFixture Queued(IDataBackplane destination, Action<TrialBuilder<IGreeter>> trial, Action<DataPlaneOptions>? options = null) => Bare(
        options ?? (_ => { }),
        services => services.AddSingleton(destination).AddSingleton<Hello>().AddSingleton<Bonjour>().AddExperimentFramework(experiments => experiments
            .WithExposureLogging()
            .Trial<IGreeter>(configure => trial(configure.AddControl<Hello>().AddVariant<Bonjour>("b")))));

    /// <summary>A trial of <see cref="IGreeter"/> between <see cref="Hello"/> and <see cref="Bonjour"/>.</summary>
    public static DataPlaneFixture Greeting(
        Action<TrialBuilder<IGreeter>> trial, Action<DataPlaneOptions>? options = null, Action<IServiceCollection>? services = null) =>
        With(
            builder => builder.Trial<IGreeter>(configure => trial(configure.AddControl<Hello>().AddVariant<Bonjour>("b"))),
            options,
            collection =>
            {
                collection.AddSingleton<Hello>().AddSingleton<Bonjour>();
                services?.Invoke(collection);
            });

    public T Get<T>()
        where T : notnull => Services.GetRequiredService<T>();

    public IEnumerable<(string From, string To, string Reason)> ChangesOf(string subject) => Changes
        .Where(change => change.SubjectId == subject)
        .Select(change => (change.PreviousVariantKey, change.NewVariantKey, change.ChangeReason));

    public long Dropped(string experiment, string variant, string reason)
    {
        var rows = new Dictionary<string, object>();
        Get<DropLedger>().Describe(rows);
        return rows
            .Where(row => row.Key.StartsWith($"dropped:{experiment}/{variant}/", StringComparison.Ordinal) && row.Key.EndsWith($"/{reason}", StringComparison.Ordinal))
            .Sum(row => (long)row.Value);
    }

    /// <summary>A scope, as a request would have one.</summary>
    public AsyncServiceScope Scope() => Services.CreateAsyncScope();

    /// <summary>Lets time pass meanwhile: the end waits for destinations that do not answer.</summary>
    public async ValueTask DisposeAsync()
    {
        _ = Publisher;
        await Time.AdvanceUntil(Services.DisposeAsync().AsTask(), TimeSpan.FromSeconds(1));
    }

    /// <summary>Most tests count the events of a stream, so those about accounts switch them on.</summary>
    private static void WithoutAccounts(DataPlaneOptions options) => options.EnableAccountingEvents = false;

    /// <summary>The pipeline; null where it cannot be created, or was not before the end.</summary>
    private EventPublisher? Publisher
    {
        get
        {
            try
            {
                return _publisher ??= Services.GetService<EventPublisher>();
            }
            catch (Exception)
            {
                return null;
            }
        }
    }
}
