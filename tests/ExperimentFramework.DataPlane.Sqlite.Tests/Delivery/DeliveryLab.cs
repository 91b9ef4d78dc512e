using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Sqlite.Tests.Delivery;

/// <summary>A host with one destination, an outbox where the test wants one, and virtual time.</summary>
internal sealed class DeliveryLab : IAsyncDisposable
{
    /// <summary>How long a test waits before it fails instead of hanging; long enough for a million events on a busy machine.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly IHost _host;

    private DeliveryLab(IHost host, FakeTimeProvider time)
    {
        _host = host;
        Time = time;
    }

    public FakeTimeProvider Time { get; }

    public EventPublisher Publisher => Get<EventPublisher>();

    public DropLedger Drops => Get<DropLedger>();

    public static async Task<DeliveryLab> StartAsync(
        Func<TimeProvider, IDataBackplane> backplane, Action<DataPlaneOptions> options, string? outbox = null, Action<DurableOutboxOptions>? outboxOptions = null)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.AddFakeLogging();
        builder.Services.AddSingleton<TimeProvider>(time);
        builder.Services.AddSingleton(backplane(time));
        builder.Services.AddDataBackplane(settings =>
        {
            settings.EnableErrorEvents = false;
            options(settings);
        });
        if (outbox is not null)
        {
            builder.Services.AddDurableOutbox(outbox, outboxOptions);
        }

        var host = builder.Build();
        await host.StartAsync();
        return new DeliveryLab(host, time);
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
    public async Task PassUntil(Task task, TimeSpan? step = null)
    {
        var waited = Stopwatch.StartNew();
        while (!task.IsCompleted)
        {
            Assert.True(waited.Elapsed < Patience, "The task did not end.");
            Time.Advance(step ?? TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        await task;
    }

    /// <summary>Lets time pass in steps until the condition holds.</summary>
    public async Task PassUntil(Func<bool> condition, TimeSpan? step = null)
    {
        var waited = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(waited.Elapsed < Patience, "The condition did not come true.");
            Time.Advance(step ?? TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }
    }

    public Task FlushAsync() => PassUntil(Publisher.FlushAsync().AsTask());

    public Task StopAsync() => PassUntil(_host.StopAsync());

    public async ValueTask DisposeAsync() => await PassUntil(((IAsyncDisposable)_host).DisposeAsync().AsTask());

    /// <summary>The figures, readable after disposal too.</summary>
    public Account OpenAccount() => new(
        Get<DeliveryMetrics>(), Drops, Publisher.Destinations.Single(), _host.Services.GetService<IEventOutbox>());
}
