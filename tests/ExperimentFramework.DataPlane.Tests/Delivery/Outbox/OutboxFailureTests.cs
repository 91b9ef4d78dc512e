using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;

namespace ExperimentFramework.DataPlane.Tests.Delivery;

/// <summary>An outbox that fails loses what it should have kept, and nothing else, and says so.</summary>
public sealed class OutboxFailureTests
{
    private const int Events = 25;

    private readonly RecordingBackplane _backplane = new();
    private readonly BrokenOutbox _outbox = new();

    [Fact]
    public async Task What_the_outbox_cannot_write_is_counted_as_outbox_failed_in_metrics_and_health()
    {
        await using var fixture = Start();
        using var dropped = new MetricCollector<long>(fixture.Get<IMeterFactory>(), DeliveryMetrics.MeterName, "dataplane.events.dropped");
        (_backplane.Failure, _outbox.AppendFailure) = (new IOException("down"), new IOException("disk full"));

        await PublishAsync(fixture);
        var health = await fixture.Get<IEventPublisher>().HealthAsync();

        dropped.RecordObservableInstruments();
        var row = Assert.Single(dropped.GetMeasurementSnapshot());
        Assert.Equal(Events, row.Value);
        Assert.Equal(("exp", "b", "outbox_failed"), (row.Tags["experiment"], row.Tags["variant"], row.Tags["reason"]));
        Assert.False(health.IsHealthy);
        Assert.Contains("RecordingBackplane loses events", health.Description, StringComparison.Ordinal);
        Assert.Equal((long)Events, health.Diagnostics["dropped:exp/b/Exposure/outbox_failed"]);
        Assert.Equal(0L, health.Diagnostics["destination:0:RecordingBackplane:in_outbox"]);
        Assert.Single(fixture.Logs, record => record.Message.StartsWith("The outbox of destination RecordingBackplane is failing", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_outbox_that_can_be_written_again_keeps_what_comes_then()
    {
        await using var fixture = Start();
        (_backplane.Failure, _outbox.AppendFailure) = (new IOException("down"), new IOException("disk full"));
        await PublishAsync(fixture);

        _outbox.AppendFailure = null;
        await PublishAsync(fixture);
        _backplane.Failure = null;
        await fixture.Time.AdvanceUntil(() => _backplane.Events.Count == Events);

        Assert.Equal(Events, fixture.Dropped("exp", "b", DropReasons.OutboxFailed));
        Assert.Equal(Events, fixture.Get<DropLedger>().Lost);
    }

    [Fact]
    public async Task A_loss_in_the_outbox_shows_in_the_stream_with_reason_and_count_once_the_destination_is_back()
    {
        await using var fixture = Start(options => options.EnableErrorEvents = true);
        (_backplane.Failure, _outbox.AppendFailure) = (new IOException("down"), new IOException("disk full"));
        await PublishAsync(fixture);

        // The word that a loss has begun may be lost as well, and is counted then; the word that it has ended says how much it was.
        (_backplane.Failure, _outbox.AppendFailure) = (null, null);
        await fixture.Time.AdvanceUntil(() => Errors.Any(error => error.StartsWith("No event has been lost since", StringComparison.Ordinal)));

        Assert.Matches("^No event has been lost since .* Lost from .*: [1-9][0-9]* outbox_failed[.]$", Errors.Last());
        Assert.Equal(Events, fixture.Dropped("exp", "b", DropReasons.OutboxFailed));
    }

    [Fact]
    public async Task An_outbox_that_cannot_be_read_does_not_hold_up_what_comes_by_the_queue()
    {
        await using var fixture = Start();
        _outbox.ReadFailure = new IOException("disk lost");

        await PublishAsync(fixture);
        await PublishAsync(fixture);

        Assert.Equal((2 * Events, 0), (_backplane.Events.Count, fixture.Get<DropLedger>().Lost));
        Assert.Single(fixture.Logs, record => record.Message.StartsWith("The outbox of destination RecordingBackplane is failing", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_waits_in_an_outbox_that_can_be_read_again_is_delivered_without_a_new_event()
    {
        await using var fixture = Start();
        _backplane.Failure = new IOException("down");
        await PublishAsync(fixture);

        (_backplane.Failure, _outbox.ReadFailure) = (null, new IOException("disk lost"));
        await fixture.Time.AdvanceUntil(() => _outbox.FailedReads > 5);
        _outbox.ReadFailure = null;
        await fixture.Time.AdvanceUntil(() => _outbox.Count(nameof(RecordingBackplane)) == 0);

        Assert.Equal((Events, 0), (_backplane.Events.Count, fixture.Get<DropLedger>().Lost));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_cannot_be_removed_from_the_outbox_is_delivered_or_counted_only_once(bool isRejected)
    {
        await using var fixture = Start();
        _backplane.Failure = new IOException("down");
        await PublishAsync(fixture);

        (_backplane.Failure, _outbox.RemoveFailure) = (isRejected ? new EventRejectedException("too large") : null, new IOException("read-only"));
        await fixture.Time.AdvanceUntil(() => HasOutboxFailed(fixture));
        fixture.Time.Advance(TimeSpan.FromMinutes(1));
        fixture.Time.Advance(TimeSpan.FromMinutes(1));
        _outbox.RemoveFailure = null;
        await fixture.Time.AdvanceUntil(() => _outbox.Count(nameof(RecordingBackplane)) == 0);

        Assert.Equal(isRejected ? (0, Events) : (Events, 0), (_backplane.Events.Count, fixture.Dropped("exp", "b", DropReasons.Rejected)));
    }

    private IEnumerable<string> Errors => _backplane.Events.Select(envelope => envelope.Payload).OfType<ErrorEvent>().Select(error => error.Message);

    private static bool HasOutboxFailed(DataPlaneFixture fixture) =>
        fixture.Logs.Any(record => record.Message.StartsWith("The outbox of destination RecordingBackplane is failing", StringComparison.Ordinal));

    private DataPlaneFixture Start(Action<DataPlaneOptions>? configure = null) => DataPlaneFixture.Bare(
        options =>
        {
            (options.MaxQueueSize, options.BatchSize, options.EnableErrorEvents) = (1_000, 10, false);

            // How long retries wait is not what these tests are about.
            (options.Retry.BaseDelay, options.Retry.MaxDelay) = (TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(500));
            configure?.Invoke(options);
        },
        services => services.AddSingleton<IDataBackplane>(_backplane).AddSingleton<IEventOutbox>(_outbox));

    /// <summary>Publishes, and waits until everything is delivered, counted or in the outbox; what the outbox refuses is tried again first.</summary>
    private static async Task PublishAsync(DataPlaneFixture fixture)
    {
        var publisher = fixture.Get<IEventPublisher>();
        for (var i = 0; i < Events; i++)
        {
            await publisher.PublishAsync(SampleEvents.Exposure with { Timestamp = fixture.Time.GetUtcNow() });
        }

        await fixture.Time.AdvanceUntil(publisher.FlushAsync().AsTask());
    }
}
