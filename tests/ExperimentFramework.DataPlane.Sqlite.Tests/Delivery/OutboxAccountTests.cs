using System.Diagnostics.Metrics;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;

namespace ExperimentFramework.DataPlane.Sqlite.Tests.Delivery;

/// <summary>What waits in the outbox shows in health, and what it has no room for is counted, through the whole pipeline.</summary>
public sealed class OutboxAccountTests : IDisposable
{
    private const int Events = 100;
    private const string Prefix = "destination:0:" + nameof(FaultyBackplane);

    private readonly TemporaryFolder _folder = new();
    private FaultyBackplane _backplane = null!;

    [Fact]
    public async Task What_a_full_outbox_has_no_room_for_is_counted_as_outbox_full_in_metrics_and_health()
    {
        await using var fixture = await StartAsync(Fault.ThrowsForEver, options => options.MaxBytes = 4_096);
        using var dropped = new MetricCollector<long>(fixture.Get<IMeterFactory>(), DeliveryMetrics.MeterName, "dataplane.events.dropped");
        var account = fixture.OpenAccount();

        for (var i = 0; i < Events; i++)
        {
            await fixture.Publisher.PublishAsync(fixture.Exposure(Subject(i)));
        }

        // Asked at the first loss, and not once all are counted: a loss shows for ten seconds, and how much virtual time passes after it is open.
        await fixture.PassUntil(() => fixture.Drops.Lost > 0);
        var losing = await fixture.Publisher.HealthAsync();
        await fixture.FlushAsync();
        var health = await fixture.Publisher.HealthAsync();

        dropped.RecordObservableInstruments();
        var row = Assert.Single(dropped.GetMeasurementSnapshot());
        Assert.Equal(("exp", "b", "outbox_full"), (row.Tags["experiment"], row.Tags["variant"], row.Tags["reason"]));
        Assert.InRange(account.InOutbox, 5, 20);
        Assert.Equal((Events, 0), (account.InOutbox + row.Value, account.Delivered));
        Assert.False(losing.IsHealthy);
        Assert.Contains("FaultyBackplane loses events", losing.Description, StringComparison.Ordinal);
        Assert.Equal(row.Value, health.Diagnostics["dropped:exp/b/Exposure/outbox_full"]);
        Assert.Equal(account.InOutbox, health.Diagnostics[$"{Prefix}:in_outbox"]);
    }

    [Fact]
    public async Task A_full_outbox_keeps_the_oldest_events_and_takes_new_ones_once_it_is_empty()
    {
        await using var fixture = await StartAsync(Fault.ThrowsForEver, options => options.MaxBytes = 4_096);
        var account = fixture.OpenAccount();
        await PublishAsync(fixture, isRefused: true);
        var kept = (int)account.InOutbox;

        _backplane.IsMended = true;
        await fixture.PassUntil(() => account.InOutbox == 0);
        Assert.Equal([.. Enumerable.Range(0, kept).Select(Subject)], Taken);

        _backplane.IsMended = false;
        await fixture.Publisher.PublishAsync(fixture.Exposure("later"));
        await fixture.Publisher.FlushAsync();
        Assert.Equal((1, Events - kept), (account.InOutbox, account.Dropped));
    }

    [Fact]
    public async Task Health_is_degraded_and_counts_what_waits_in_the_outbox_while_the_destination_is_down()
    {
        await using var fixture = await StartAsync(Fault.ThrowsForEver);

        await PublishAsync(fixture);
        var health = await fixture.Publisher.HealthAsync();

        Assert.Equal((true, true), (health.IsHealthy, health.IsDegraded));
        Assert.Equal((long)Events, health.Diagnostics[$"{Prefix}:in_outbox"]);
        Assert.Equal(0, health.Diagnostics[$"{Prefix}:queued"]);
        Assert.Contains("FaultyBackplane has been failing since 2026-03-01T12:00:00.0000000+00:00 and is being retried: down", health.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_is_degraded_while_events_of_the_last_run_wait_and_in_order_when_they_are_delivered()
    {
        await using (var last = await StartAsync(Fault.ThrowsForEver))
        {
            await PublishAsync(last);
        }

        await using var fixture = await StartAsync(Fault.Slow);
        var health = await fixture.Publisher.HealthAsync();
        Assert.Equal((true, true), (health.IsHealthy, health.IsDegraded));
        Assert.Equal($"{Events} events for FaultyBackplane wait in the outbox.", health.Description);
        Assert.Equal((long)Events, health.Diagnostics[$"{Prefix}:in_outbox"]);

        await fixture.PassUntil(() => fixture.OpenAccount().InOutbox == 0);
        health = await fixture.Publisher.HealthAsync();
        Assert.Equal((true, false), (health.IsHealthy, health.IsDegraded));
        Assert.Equal(0L, health.Diagnostics[$"{Prefix}:in_outbox"]);

        // On a busy machine enough time passes for an attempt to end before its answer comes: at least once.
        Assert.Equal([.. Enumerable.Range(0, Events).Select(Subject)], Taken.Distinct());
    }

    public void Dispose() => _folder.Dispose();

    private IEnumerable<string?> Taken => _backplane.Taken.Select(envelope => ((ExposureEvent)envelope.Payload).SubjectId);

    private Task<DeliveryFixture> StartAsync(Fault fault, Action<SqliteOutboxOptions>? outbox = null) => DeliveryFixture.StartAsync(
        time => _backplane = new FaultyBackplane(fault, time),
        options => (options.MaxQueueSize, options.BatchSize, options.Retry.MaxDelay) = (1_000, 10, TimeSpan.FromSeconds(2)),
        _folder.File("outbox.db"),
        outbox);

    /// <summary>Publishes, and waits until everything is in the outbox or counted, for which time passes only where the outbox refuses events: they are tried first.</summary>
    private static async Task PublishAsync(DeliveryFixture fixture, bool isRefused = false)
    {
        for (var i = 0; i < Events; i++)
        {
            await fixture.Publisher.PublishAsync(fixture.Exposure(Subject(i)));
        }

        await (isRefused ? fixture.FlushAsync() : fixture.Publisher.FlushAsync().AsTask());
    }

    /// <summary>Of one length, so that no younger event fits where an older one did not.</summary>
    private static string Subject(int number) => $"u{number:D3}";
}
