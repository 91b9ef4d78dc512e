using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Streams.Tests;

/// <summary>Exposures that were lost, as accounts and error events say.</summary>
public sealed class LossTests
{
    private readonly CoordinatedStream _stream = new();

    [Fact]
    public void Losses_that_accounts_report_make_the_verdict_inconclusive()
    {
        _stream.Observe(Account([Lost("b", 1_000)]));

        Assert.Equal(ExperimentState.Inconclusive, StateOfBrokenSplit());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Parts_of_an_account_count_in_any_order_and_over_a_crash(bool isBackwards)
    {
        AccountingEvent[] parts = [Account([Lost("b", 500)]) with { PartNumber = 1, PartCount = 3 }, Account([Lost("b", 500, "timeout")]) with { PartNumber = 3, PartCount = 3 }];
        foreach (var part in isBackwards ? parts.Reverse() : parts)
        {
            _stream.Observe(part);
            _stream.Restore(_stream.Keep());
        }

        Assert.Equal(ExperimentState.Inconclusive, StateOfBrokenSplit());
        Assert.Equal(1_000L, _stream.Signals[^1].Data!["dropped:b"]);

        // The next account is incomplete at first, which takes nothing back.
        _stream.Observe(Account([Lost("b", 510)]) with { SequenceNumber = 2, PartNumber = 1, PartCount = 3 });
        _stream.Evaluate();
        Assert.Equal(ExperimentState.Inconclusive, _stream.Experiment.State);
    }

    [Fact]
    public void An_account_that_names_other_experiments_only_is_not_sent()
    {
        Assert.Empty(CoordinatorMessage.Of(Exposures.Envelope(Account([]))));
        var (name, part) = Assert.Single(CoordinatorMessage.Of(Exposures.Envelope(Account([Lost("b", 1), Lost("b", 1) with { EventType = "Metric", ExperimentName = "other" }]))));
        Assert.Equal((Exposures.Experiment, 1), (name, Assert.IsType<AccountingEvent>(part.Payload).Drops.Count));
    }

    [Fact]
    public void An_error_event_that_is_read_again_after_a_crash_adds_nothing()
    {
        var error = Error(Exposures.Experiment);
        _stream.Observe(error, number: 9);
        _stream.Restore(_stream.Keep());
        _stream.Observe(error, number: 9);
        StateOfBrokenSplit();

        Assert.Equal(100L, _stream.Signals[^1].Data!["dropped:b"]);
    }

    [Fact]
    public void An_error_event_is_sent_to_each_of_its_experiments_in_part_and_to_a_thousand_at_most()
    {
        var names = Enumerable.Range(0, 5_000).Select(static number => $"experiment-{number}").ToArray();
        var parts = CoordinatorMessage.Of(Exposures.Envelope(Error(names))).ToArray();

        Assert.Equal(1_000, parts.Length);
        Assert.All(parts, static part => Assert.True(CoordinatorMessage.ToBytes(part.Part).Length < 1_000));
    }

    private static AccountedDrops Lost(string variant, long count, string reason = "queue_full") =>
        new() { ExperimentName = Exposures.Experiment, VariantKey = variant, EventType = nameof(DataPlaneEventType.Exposure), Reason = reason, Count = count };

    private static AccountingEvent Account(AccountedDrops[] drops) => new()
    {
        ExperimentName = "*",
        Timestamp = Exposures.Time,
        ProducerId = "0a1b2c3d4e5",
        Destination = "KafkaDataBackplane",
        SequenceNumber = 1,
        IntervalStart = Exposures.Time,
        IntervalEnd = Exposures.Time,
        IsLast = false,
        Calls = [],
        Published = [],
        Drops = drops,
    };

    private static ErrorEvent Error(params string[] experiments) => new()
    {
        ExperimentName = "*",
        Timestamp = Exposures.Time,
        Source = "pipeline",
        Message = new string('x', 10_000),
        Data = new Dictionary<string, object?>
        {
            ["experiment"] = experiments,
            ["variant"] = experiments.Select(static _ => "b").ToArray(),
            ["eventType"] = experiments.Select(static _ => "Exposure").ToArray(),
            ["reason"] = experiments.Select(static _ => "queue_full").ToArray(),
            ["count"] = experiments.Select(static _ => 100).ToArray(),
        },
    };

    private ExperimentState StateOfBrokenSplit()
    {
        var counter = CoordinatedStream.Counter();
        counter.Count(0, 5_000, lossOfB: 0.3);
        _stream.Merge(counter.Report());
        return _stream.Experiment.State;
    }
}
