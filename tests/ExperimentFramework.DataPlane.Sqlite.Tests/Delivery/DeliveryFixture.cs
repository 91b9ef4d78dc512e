using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Sqlite.Tests.Delivery;

/// <summary>A host with one destination, an outbox where the test wants one, and virtual time.</summary>
internal sealed class DeliveryFixture : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly EventPublisher _publisher;

    private DeliveryFixture(IHost host, PacedTime time)
    {
        _host = host;
        _publisher = host.Services.GetRequiredService<EventPublisher>();
        Time = time;
        time.AreWorkersResting = () => _publisher.Pipeline.IsResting;
    }

    public FakeTimeProvider Time { get; }

    public EventPublisher Publisher => _publisher;

    public DropLedger Drops => Get<DropLedger>();

    public static async Task<DeliveryFixture> StartAsync(
        Func<TimeProvider, IDataBackplane> backplane, Action<DataPlaneOptions> options, string? outbox = null, Action<SqliteOutboxOptions>? outboxOptions = null)
    {
        var time = new PacedTime(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero)) { LongestRest = TimeSpan.FromSeconds(5) };
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.AddFakeLogging();
        builder.Services.AddSingleton<TimeProvider>(time);
        builder.Services.AddSingleton(backplane(time));
        builder.Services.AddDataBackplane(settings =>
        {
            (settings.EnableErrorEvents, settings.EnableAccountingEvents) = (false, false);
            options(settings);
        });
        if (outbox is not null)
        {
            builder.Services.AddSqliteOutbox(outbox, outboxOptions);
        }

        var host = builder.Build();
        await host.StartAsync();
        return new DeliveryFixture(host, time);
    }

    public T Get<T>()
        where T : notnull => _host.Services.GetRequiredService<T>();

    public async Task PublishAsync(int count, int first = 0)
    {
        for (var i = first; i < first + count; i++)
        {
            await Publisher.PublishAsync(Exposure($"u{i}"));
        }
    }

    public ExposureEvent Exposure(string subject, string variant = "b") => new()
    {
        ExperimentName = "exp",
        VariantKey = variant,
        SubjectId = subject,
        SelectionReason = "test",
        Timestamp = Time.GetUtcNow(),
    };

    /// <summary>Lets time pass in steps until the task ends.</summary>
    public Task PassUntil(Task task, TimeSpan? step = null) => Time.AdvanceUntil(task, step);

    /// <summary>Lets time pass in steps until the condition holds.</summary>
    public Task PassUntil(Func<bool> condition, TimeSpan? step = null, [CallerArgumentExpression(nameof(condition))] string? text = null) =>
        Time.AdvanceUntil(condition, step, text);

    public Task FlushAsync() => PassUntil(Publisher.FlushAsync().AsTask());

    public Task StopAsync() => PassUntil(_host.StopAsync());

    public async ValueTask DisposeAsync() => await PassUntil(((IAsyncDisposable)_host).DisposeAsync().AsTask());

    /// <summary>The figures, readable after disposal too.</summary>
    public Account OpenAccount() => new(
        Get<DeliveryMetrics>(), Drops, Publisher.Pipeline.Destinations.Single(), _host.Services.GetService<IEventOutbox>());
}
