namespace ExperimentFramework.DataPlane.Science.Tests;

/// <summary>What accounts and error events say of an experiment: what was lost and why, and what became of its calls.</summary>
public sealed class LossesAndCallsTests : IDisposable
{
    private const string Producer = "0a1b2c3d4e5";

    private readonly MonitoredStream _stream = new();
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Losses_by_reason_add_up_to_those_of_the_variant()
    {
        _stream.Declare();
        _stream.Observe(Account(1, ("b", "queue_full", 3), ("b", "rejected", 2), ("control", "queue_full", 1)));
        Report("000000000ff", "b", "outbox_full", 4);

        Assert.Equal([new("b", "outbox_full", 4), new("b", "queue_full", 3), new("b", "rejected", 2), new("control", "queue_full", 1)], _stream.Status.LostByReason);
        Assert.Equal((9, 1), (LostOf("b"), LostOf("control")));

        // The next account replaces what error events of its producer said, and what the one before it did.
        Report(Producer, "b", "timeout", 7);
        _stream.Observe(Account(2, ("b", "queue_full", 5), ("b", "timeout", 7)));

        Assert.Equal([new("b", "timeout", 7), new("b", "queue_full", 5), new("b", "outbox_full", 4)], _stream.Status.LostByReason);
        Assert.Equal((16, 0), (LostOf("b"), LostOf("control")));
    }

    [Fact]
    public void A_reset_begins_the_losses_of_each_reason_anew()
    {
        _stream.Declare();
        _stream.Expose("s", "b");
        _stream.Observe(Account(1, ("b", "queue_full", 3)));
        _stream.Monitor.Reset(MonitoredStream.Experiment, _stream.Now);
        Assert.Empty(_stream.Status.LostByReason);

        _stream.Observe(Account(2, ("b", "queue_full", 5), ("b", "rejected", 1)));

        Assert.Equal([new("b", "queue_full", 2), new("b", "rejected", 1)], _stream.Status.LostByReason);
        Assert.Equal(3, LostOf("b"));
    }

    [Fact]
    public void A_stream_that_names_any_number_of_reasons_fills_no_memory_and_loses_no_count()
    {
        _stream.Declare();
        _stream.Observe(Account(1, [.. Enumerable.Range(0, 5_000).Select(static reason => ("b", "r" + reason, 1L))]));

        Assert.Equal(5_000, LostOf("b"));
        Assert.InRange(_stream.Status.LostByReason.Count, 2, 2_200);
        Assert.Equal(5_000, _stream.Status.LostByReason.Sum(static row => row.Exposures));
    }

    [Fact]
    public void Exposures_are_counted_by_the_sampling_rate_they_name()
    {
        _stream.Declare();
        _stream.Expose("a", "b");
        _stream.Expose("b", "b", change: static exposure => exposure with { SamplingRate = 0.25 });
        _stream.Expose("c", "b", change: static exposure => exposure with { SamplingRate = 0.25 });
        for (var rate = 0; rate < 100; rate++)
        {
            _stream.Expose("d", "b", change: exposure => exposure with { SamplingRate = rate is 0 ? double.NaN : rate is 1 ? 7 : 1.0 / (rate + 10) });
        }

        var rates = _stream.Status.SamplingRates;
        Assert.Equal([new(1, 1), new(0.25, 2)], rates.Take(2));
        Assert.Equal(32, rates.Count);
        Assert.All(rates, static rate => Assert.InRange(rate.Rate, 0, 1));
    }

    [Fact]
    public void Calls_are_those_of_the_latest_account_of_each_producer()
    {
        _stream.Declare();
        _stream.Observe(Account(1) with { Calls = [Calls("b", 100, 60, 30, 2)] });
        _stream.Observe(Account(2) with { Calls = [Calls("b", 200, 120, 60, 4), Calls("control", 10, 0, 0, 10)] });
        _stream.Observe(Account(1) with { ProducerId = "000000000ff", Calls = [Calls("b", 1, 0, 1, 0)] });
        _stream.Observe(Account(1) with { ProducerId = "000000000fe", Calls = [Calls("b", 1, 0, 0, 0) with { ExperimentName = "another" }] });

        Assert.Equal([new("control", 10, 0, 0, 10), new("b", 201, 120, 61, 4)], _stream.Status.Calls);
    }

    [Fact]
    public void Losses_by_reason_and_sampling_rates_are_in_the_snapshot()
    {
        _stream.Declare();
        _stream.Expose("a", "b", change: static exposure => exposure with { SamplingRate = 0.5 });
        _stream.Observe(Account(1, ("b", "queue_full", 3)));
        _stream.Monitor.Reset(MonitoredStream.Experiment, _stream.Now);
        _stream.Observe(Account(2, ("b", "queue_full", 9), ("b", "rejected", 1)));
        MonitorSnapshotFile file = new(_folder.File("monitor"), new ExperimentMonitorOptions());
        file.Write(_stream.Monitor);

        var (monitor, fault) = file.Read();

        Assert.Null(fault);
        var restored = new MonitoredStream(monitor);
        Assert.Equal([new("b", "queue_full", 6), new("b", "rejected", 1)], restored.Status.LostByReason);
        Assert.Equal([new SampledExposures(0.5, 1)], restored.Status.SamplingRates);
        restored.Observe(Account(3, ("b", "queue_full", 10), ("b", "rejected", 1)));
        Assert.Equal([new("b", "queue_full", 7), new("b", "rejected", 1)], restored.Status.LostByReason);
    }

    [Fact]
    public void A_loss_that_is_delivered_again_after_a_restart_is_not_added_again()
    {
        _stream.Declare();
        _stream.Observe(Lost(("b", 90), ("control", 5)), EventOf(Producer));
        MonitorSnapshotFile file = new(_folder.File("monitor"), new ExperimentMonitorOptions());
        file.Write(_stream.Monitor);

        var restored = new MonitoredStream(file.Read().Monitor);
        restored.Observe(Lost(("b", 90), ("control", 5)), EventOf(Producer));
        Assert.Equal([("control", 5L), ("b", 90L)], restored.Status.Variants.Select(static variant => (variant.Key, variant.LostExposures)));

        restored.Observe(Lost(("b", 90), ("control", 5)), EventOf("000000000ff"));
        Assert.Equal([("control", 10L), ("b", 180L)], restored.Status.Variants.Select(static variant => (variant.Key, variant.LostExposures)));
    }

    [Fact]
    public void Losses_that_are_reported_again_and_again_take_no_more_room_than_2048_of_them()
    {
        LostExposures losses = new();
        for (var loss = 1; loss <= 10_000; loss++)
        {
            Assert.True(losses.TryAddEvent(new Guid(loss, 0, 0, new byte[8])));
        }

        Assert.False(losses.TryAddEvent(new Guid(10_000 - 1_023, 0, 0, new byte[8])));
        using MemoryStream stream = new();
        using BinaryWriter writer = new(stream);
        losses.Write(writer);
        Assert.InRange(stream.Length, 1_024 * 8, (2_048 * 8) + 100);
    }

    private static AccountedCalls Calls(string variant, long all, long repeats, long sampledOut, long noSubject) => new()
    {
        ExperimentName = MonitoredStream.Experiment, VariantKey = variant, ExposingCalls = all, RepeatsNotRecorded = repeats, SampledOut = sampledOut, NoSubject = noSubject,
    };

    private static AccountingEvent Account(long sequence, params (string Variant, string Reason, long Count)[] drops) => MonitoredStream.Account(Producer) with
    {
        SequenceNumber = sequence,
        Published = [new AccountedEvents { ExperimentName = MonitoredStream.Experiment, VariantKey = "b", EventType = "Exposure", Count = 100_000 }],
        Drops = [.. drops.Select(static drop => new AccountedDrops { ExperimentName = MonitoredStream.Experiment, VariantKey = drop.Variant, EventType = "Exposure", Reason = drop.Reason, Count = drop.Count })],
    };

    private static ErrorEvent Lost(params (string Variant, long Count)[] losses) => new()
    {
        ExperimentName = "*",
        Timestamp = MonitoredStream.Start,
        Source = "pipeline",
        Message = "Events are lost.",
        Data = new Dictionary<string, object?>
        {
            ["experiment"] = losses.Select(static _ => MonitoredStream.Experiment).ToArray(),
            ["variant"] = losses.Select(static loss => loss.Variant).ToArray(),
            ["eventType"] = losses.Select(static _ => "Exposure").ToArray(),
            ["count"] = losses.Select(static loss => loss.Count).ToArray(),
        },
    };

    private static Guid EventOf(string producer) => Guid.Parse($"00000000-0000-7000-8000-0{producer}");

    private void Report(string producer, string variant, string reason, long count)
    {
        var loss = Lost((variant, count));
        _stream.Observe(loss with { Data = new Dictionary<string, object?>(loss.Data!) { ["reason"] = new[] { reason } } }, EventOf(producer));
    }

    private long LostOf(string variant) => _stream.Status.Variants.Single(each => each.Key == variant).LostExposures;
}
