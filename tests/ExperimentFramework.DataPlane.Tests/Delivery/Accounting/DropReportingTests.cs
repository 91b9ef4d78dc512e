using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;

namespace ExperimentFramework.DataPlane.Tests.Delivery;

/// <summary>Guarantee 8 (docs/concepts/guarantees.md): a loss shows in the stream itself, in health and in metrics, and so does its end.</summary>
public sealed class DropReportingTests
{
    private readonly RecordingBackplane _backplane = new() { Gate = new TaskCompletionSource() };

    [Fact]
    public async Task A_full_queue_still_says_that_events_are_lost_and_later_that_no_more_are()
    {
        await using var fixture = Full(out var taken);

        await OverflowAsync(fixture, 50);
        _backplane.Gate!.SetResult();
        await fixture.Time.AdvanceUntil(() => Errors.Count >= 2);

        Assert.Contains("Events have been lost since 2026-03-01T12:00:0", Errors[0].Message, StringComparison.Ordinal);
        Assert.Contains("queue_full", Errors[0].Message, StringComparison.Ordinal);
        Assert.Contains("No event has been lost since", Errors[1].Message, StringComparison.Ordinal);
        Assert.Equal(("RecordingBackplane", "*"), (Errors[1].Source, Errors[1].ExperimentName));
        Assert.Contains($"{fixture.Dropped("exp", "b", DropReasons.QueueFull)} queue_full", Errors[1].Message, StringComparison.Ordinal);
        Assert.Equal(taken, fixture.Dropped("exp", "b", DropReasons.QueueFull) + Exposures);
    }

    [Fact]
    public async Task Losses_that_go_on_are_one_loss_and_later_ones_another()
    {
        await using var fixture = Full(out _);
        await OverflowAsync(fixture, 20);
        await OverflowAsync(fixture, 20);
        _backplane.Gate!.SetResult();
        await fixture.Time.AdvanceUntil(() => Errors.Count >= 2);
        Assert.Equal(2, Errors.Count);

        _backplane.Gate = new TaskCompletionSource();
        await OverflowAsync(fixture, 50);
        _backplane.Gate.SetResult();
        await fixture.Time.AdvanceUntil(() => Errors.Count >= 4);
        Assert.Equal(4, Errors.Count);
    }

    [Fact]
    public async Task The_error_event_of_a_loss_passes_redaction_as_every_event_does()
    {
        await using var fixture = Full(out _, options => options.PiiRedaction.RedactFields.Add("message"));

        await OverflowAsync(fixture, 50);
        _backplane.Gate!.SetResult();
        await fixture.Time.AdvanceUntil(() => Errors.Count >= 1);

        Assert.Equal("[redacted]", Errors[0].Message);
    }

    [Fact]
    public async Task The_counts_of_a_loss_are_no_attributes_of_the_application()
    {
        await using var fixture = Full(out _, options =>
        {
            options.PiiRedaction.RedactFields.Add("reason");
            options.PiiRedaction.Fields["count"] = RedactionMode.Omit;
        });

        await OverflowAsync(fixture, 50);
        _backplane.Gate!.SetResult();
        await fixture.Time.AdvanceUntil(() => Errors.Count >= 2);

        Assert.Equal(["queue_full"], Assert.IsAssignableFrom<IEnumerable<object?>>(Errors[1].Data!["reason"]));
        Assert.Equal([(object)fixture.Dropped("exp", "b", DropReasons.QueueFull)], Assert.IsAssignableFrom<System.Collections.IEnumerable>(Errors[1].Data!["count"]).Cast<object>());
    }

    [Fact]
    public async Task Error_events_that_are_switched_off_are_not_published()
    {
        await using var fixture = Full(out _, options => options.EnableErrorEvents = false);
        await OverflowAsync(fixture, 50);
        _backplane.Gate!.SetResult();
        await fixture.Time.AdvanceUntil(fixture.Get<IEventPublisher>().FlushAsync().AsTask());
        Assert.False((await fixture.Get<IEventPublisher>().HealthAsync()).IsHealthy);

        // Health does not wait for the error event to be published.
        fixture.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal((true, false), await StateAsync(fixture.Get<IEventPublisher>()));
        await fixture.Time.AdvanceUntil(fixture.Get<IEventPublisher>().FlushAsync().AsTask());

        Assert.Empty(Errors);
    }

    [Fact]
    public async Task Health_is_degraded_while_the_queue_fills_up_and_unhealthy_while_events_are_lost()
    {
        await using var fixture = Full(out _);
        var publisher = fixture.Get<IEventPublisher>();
        Assert.Equal((true, false), await StateAsync(publisher));

        for (var i = 0; i < 9; i++)
        {
            await publisher.PublishAsync(SampleEvents.Exposure with { Timestamp = fixture.Time.GetUtcNow() });
        }

        await fixture.Time.AdvanceUntil(() => fixture.Get<DeliveryPipeline>().Pending == 0, TimeSpan.Zero);
        var health = await publisher.HealthAsync();
        Assert.Equal((true, true), (health.IsHealthy, health.IsDegraded));
        Assert.Contains("9 of at most 10 events wait for RecordingBackplane", health.Description, StringComparison.Ordinal);
        Assert.Equal(9, health.Diagnostics["destination:0:RecordingBackplane:queued"]);
        Assert.Equal(10, health.Diagnostics["destination:0:RecordingBackplane:queue_capacity"]);

        await OverflowAsync(fixture, 30);
        health = await publisher.HealthAsync();
        Assert.False(health.IsHealthy);
        Assert.Contains("loses events", health.Description, StringComparison.Ordinal);
        Assert.True((double)health.Diagnostics["destination:0:RecordingBackplane:oldest_age_seconds"] > 0);

        _backplane.Gate!.SetResult();
        await fixture.Time.AdvanceUntil(() => Errors.Count >= 2);
        Assert.Equal((true, false), await StateAsync(publisher));
    }

    [Fact]
    public async Task Health_is_degraded_while_a_destination_is_tried_again_and_unhealthy_after_a_minute()
    {
        await using var fixture = Full(out _, options => options.Retry.MaxAttempts = 100);
        _backplane.Gate = null;
        _backplane.Failure = new IOException("down");
        var publisher = fixture.Get<IEventPublisher>();
        await publisher.PublishAsync(SampleEvents.Exposure with { Timestamp = fixture.Time.GetUtcNow() });

        // A batch of one is tried at once, so that no time has to pass until then.
        await fixture.Time.AdvanceUntil(() => fixture.Logs.Any(record => record.Message.Contains("is failing", StringComparison.Ordinal)), TimeSpan.Zero);

        var health = await publisher.HealthAsync();
        Assert.Equal((true, true), (health.IsHealthy, health.IsDegraded));
        Assert.Equal("down", health.Diagnostics["destination:0:RecordingBackplane:last_error"]);
        Assert.Equal("2026-03-01T12:00:00.0000000+00:00", health.Diagnostics["destination:0:RecordingBackplane:failing_since"]);

        fixture.Time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal((true, true), await StateAsync(publisher));

        fixture.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.False((await publisher.HealthAsync()).IsHealthy);

        _backplane.Failure = null;
        await fixture.Time.AdvanceUntil(publisher.FlushAsync().AsTask());
        Assert.Equal((true, false), await StateAsync(publisher));
    }

    [Fact]
    public async Task The_meter_shows_what_was_published_delivered_dropped_and_retried_and_how_much_waits()
    {
        await using var fixture = Full(out _, options => options.EnableErrorEvents = false);
        var factory = fixture.Get<IMeterFactory>();
        using var published = new MetricCollector<long>(factory, DeliveryMetrics.MeterName, "dataplane.events.published");
        using var delivered = new MetricCollector<long>(factory, DeliveryMetrics.MeterName, "dataplane.events.delivered");
        using var dropped = new MetricCollector<long>(factory, DeliveryMetrics.MeterName, "dataplane.events.dropped");
        using var retried = new MetricCollector<long>(factory, DeliveryMetrics.MeterName, "dataplane.events.retried");
        using var depth = new MetricCollector<long>(factory, DeliveryMetrics.MeterName, "dataplane.queue.depth");
        using var size = new MetricCollector<int>(factory, DeliveryMetrics.MeterName, "dataplane.batch.size");
        using var duration = new MetricCollector<double>(factory, DeliveryMetrics.MeterName, "dataplane.batch.duration");

        await OverflowAsync(fixture, 50);
        depth.RecordObservableInstruments();
        Assert.Equal(10, depth.GetMeasurementSnapshot().Single(measurement => "RecordingBackplane".Equals(measurement.Tags["destination"])).Value);
        _backplane.Failure = new IOException("down");
        _backplane.Gate!.SetResult();
        await fixture.Time.AdvanceUntil(() => retried.GetMeasurementSnapshot().Count > 0);
        _backplane.Failure = null;
        await fixture.Time.AdvanceUntil(fixture.Get<IEventPublisher>().FlushAsync().AsTask());

        published.RecordObservableInstruments();
        dropped.RecordObservableInstruments();
        delivered.RecordObservableInstruments();
        Assert.Equal(50, published.GetMeasurementSnapshot().Single().Value);
        Assert.Equal(50, dropped.GetMeasurementSnapshot().Sum(measurement => measurement.Value) + delivered.GetMeasurementSnapshot().Sum(measurement => measurement.Value));
        Assert.All(delivered.GetMeasurementSnapshot(), measurement => Assert.Equal("RecordingBackplane", measurement.Tags["destination"]));
        Assert.Equal(size.GetMeasurementSnapshot().Count, duration.GetMeasurementSnapshot().Count);
        Assert.All(size.GetMeasurementSnapshot(), measurement => Assert.Equal(1, measurement.Value));
    }

    private List<ErrorEvent> Errors => [.. _backplane.Events.Select(envelope => envelope.Payload).OfType<ErrorEvent>()];

    private int Exposures => _backplane.Events.Count(envelope => envelope.Payload is ExposureEvent);

    private static async Task<(bool IsHealthy, bool IsDegraded)> StateAsync(IEventPublisher publisher)
    {
        var health = await publisher.HealthAsync();
        return (health.IsHealthy, health.IsDegraded);
    }

    private DataPlaneFixture Full(out int published, Action<DataPlaneOptions>? configure = null)
    {
        published = 50;
        var fixture = DataPlaneFixture.Bare(
            options =>
            {
                (options.MaxQueueSize, options.BatchSize) = (10, 1);
                configure?.Invoke(options);
            },
            services => services.AddSingleton<IDataBackplane>(_backplane));
        _ = fixture.Get<IEventPublisher>();
        return fixture;
    }

    /// <summary>Publishes more than the destination's queue and the callers' hold, and lets the pipeline account for it.</summary>
    private static async Task OverflowAsync(DataPlaneFixture fixture, int count)
    {
        var publisher = fixture.Get<EventPublisher>();
        for (var i = 0; i < count; i++)
        {
            await publisher.PublishAsync(SampleEvents.Exposure with { AssignedVariantKey = null, VariantKey = "b", Timestamp = fixture.Time.GetUtcNow() });
            await fixture.Time.AdvanceUntil(() => publisher.Pipeline.Pending == 0, TimeSpan.Zero);
        }

        fixture.Time.Advance(TimeSpan.FromMilliseconds(1));
    }
}
