using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane.Tests.Delivery;

/// <summary>A destination that throws, hangs or blocks hurts neither callers nor other destinations, and shows in metrics, health and the log.</summary>
public sealed class FailingDestinationTests
{
    [Fact]
    public async Task A_destination_that_throws_never_reaches_the_caller_and_is_counted_and_logged_once()
    {
        var failing = new RecordingBackplane { Failure = new IOException("disk full") };
        await using var fixture = DataPlaneFixture.Greeting(
            trial => trial.Using(new FixedSelector("b")),
            options => options.EnableErrorEvents = false,
            services => services.AddSingleton<IDataBackplane>(failing));
        using var dropped = new MetricCollector<long>(fixture.Services.GetRequiredService<IMeterFactory>(), DeliveryMetrics.MeterName, "dataplane.events.dropped");
        var publisher = fixture.Get<IEventPublisher>();

        Assert.Equal("bonjour", fixture.Get<IGreeter>().Greet("u1"));
        Assert.Equal("bonjour", fixture.Get<IGreeter>().Greet("u2"));
        await fixture.Time.AdvanceUntil(publisher.FlushAsync().AsTask());

        Assert.Equal(2, fixture.Dropped("greeting", "b", DropReasons.RetriesExhausted));
        dropped.RecordObservableInstruments();
        var measurement = Assert.Single(dropped.GetMeasurementSnapshot());
        Assert.Equal(
            (2L, "greeting", "b", "retries_exhausted"),
            (measurement.Value, measurement.Tags["experiment"], measurement.Tags["variant"], measurement.Tags["reason"]));
        var health = await publisher.HealthAsync();
        Assert.False(health.IsHealthy);
        Assert.Contains("disk full", health.Description, StringComparison.Ordinal);
        Assert.Equal(2L, health.Diagnostics["dropped"]);
        Assert.Single(fixture.Logs, record => record.Level == LogLevel.Error);

        failing.Failure = null;
        fixture.Get<IGreeter>().Greet("u3");
        await fixture.Time.AdvanceUntil(publisher.FlushAsync().AsTask());
        Assert.DoesNotContain(fixture.Logs, record => record.Message.Contains("has recovered", StringComparison.Ordinal));

        // One that fails now and then fails all the while: it has recovered when a minute has passed without a fault.
        failing.Failure = new IOException("disk full again");
        fixture.Get<IGreeter>().Greet("u4");
        await fixture.Time.AdvanceUntil(publisher.FlushAsync().AsTask());
        failing.Failure = null;
        fixture.Time.Advance(TimeSpan.FromMinutes(1));
        fixture.Get<IGreeter>().Greet("u5");
        await fixture.Time.AdvanceUntil(publisher.FlushAsync().AsTask());
        Assert.Single(fixture.Logs, record => record.Message.Contains("has recovered", StringComparison.Ordinal));
        Assert.Single(fixture.Logs, record => record.Level == LogLevel.Error);
    }

    [Fact]
    public async Task A_destination_that_hangs_holds_up_neither_the_caller_nor_the_others_and_its_queue_is_bounded()
    {
        var hanging = new RecordingBackplane { Gate = new TaskCompletionSource() };
        var other = new RecordingBackplane();
        await using var fixture = DataPlaneFixture.Greeting(
            trial => trial.Using(new FixedSelector("b")),
            options => options.BatchSize = 1,
            services => services.AddSingleton<IDataBackplane>(hanging).AddSingleton<IDataBackplane>(other));
        var greeter = fixture.Get<IGreeter>();

        for (var i = 0; i < 10_500; i++)
        {
            greeter.Greet($"u{i}");
            if (i % 1_000 == 0)
            {
                await other.Reached(i + 1);
            }
        }

        await other.Reached(10_500);
        Assert.Equal(500, fixture.Dropped("greeting", "b", DropReasons.QueueFull));
        hanging.Gate.SetResult();
        await fixture.Get<IEventPublisher>().FlushAsync();
        Assert.Equal(10_000, hanging.Events.Count(envelope => envelope.Payload is ExposureEvent));
    }

    [Fact]
    public async Task A_destination_that_blocks_its_thread_is_unhealthy_until_it_gives_it_back()
    {
        using var gate = new ManualResetEventSlim();
        using var blocking = new Blocking(gate);
        await using var fixture = DataPlaneFixture.Bare(options => options.BatchSize = 1, services => services.AddSingleton<IDataBackplane>(blocking));
        var publisher = fixture.Get<IEventPublisher>();
        await publisher.PublishAsync(SampleEvents.Exposure);
        Assert.True(blocking.IsEntered.Wait(TimeSpan.FromSeconds(30)));
        Assert.True((await publisher.HealthAsync()).IsHealthy);

        fixture.Time.Advance(TimeSpan.FromSeconds(31));
        var health = await publisher.HealthAsync();
        gate.Set();
        await fixture.Time.AdvanceUntil(publisher.FlushAsync().AsTask());

        Assert.False(health.IsHealthy);
        Assert.Contains("Blocking has blocked its thread for 31 s", health.Description, StringComparison.Ordinal);
        Assert.True((await publisher.HealthAsync()).IsHealthy);
    }

    [Fact]
    public async Task A_flush_that_fails_is_logged_and_is_no_outage()
    {
        var backplane = new NeverFlushing();
        await using var fixture = DataPlaneFixture.Bare(_ => { }, services => services.AddSingleton<IDataBackplane>(backplane));
        var publisher = fixture.Get<IEventPublisher>();
        await publisher.FlushAsync();
        await publisher.FlushAsync();

        var health = await publisher.HealthAsync();
        Assert.Equal((true, true), (health.IsHealthy, health.IsDegraded));
        Assert.Contains("NeverFlushing could not flush what it holds: the disk is full", health.Description, StringComparison.Ordinal);
        Assert.Single(fixture.Logs, record => record.Level == LogLevel.Error);
        fixture.Time.Advance(TimeSpan.FromHours(1));
        Assert.True((await publisher.HealthAsync()).IsHealthy);

        backplane.Failure = null;
        await publisher.FlushAsync();
        Assert.False((await publisher.HealthAsync()).IsDegraded);
    }

    private sealed class Blocking(ManualResetEventSlim gate) : AcceptingBackplane, IDisposable
    {
        public ManualResetEventSlim IsEntered { get; } = new();

        public override ValueTask PublishAsync(DataPlaneEnvelope envelope, CancellationToken cancellationToken = default)
        {
            IsEntered.Set();
            gate.Wait(CancellationToken.None);
            return ValueTask.CompletedTask;
        }

        public void Dispose() => IsEntered.Dispose();
    }

    private sealed class NeverFlushing : AcceptingBackplane
    {
        public Exception? Failure { get; set; } = new IOException("the disk is full");

        public override ValueTask FlushAsync(CancellationToken cancellationToken = default) => Failure is null ? ValueTask.CompletedTask : ValueTask.FromException(Failure);
    }
}
