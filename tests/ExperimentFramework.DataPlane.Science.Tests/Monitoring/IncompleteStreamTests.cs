namespace ExperimentFramework.DataPlane.Science.Tests;

/// <summary>Producers whose exposures have not all arrived.</summary>
public sealed class IncompleteStreamTests
{
    private const string Producer = "0000000000a";

    private readonly MonitoredStream _stream = new MonitoredStream().Declare();
    private int _exposures;
    private long _accounts;

    [Fact]
    public void What_three_accounts_in_a_row_miss_is_signaled_once()
    {
        Expose(90);
        Assert.Empty(Account(100));
        Expose(100);
        Assert.Empty(Account(200));
        Expose(100);

        var signal = Assert.Single(Account(300));

        Assert.Equal((AnalysisSignalType.IncompleteStream, SignalSeverity.Warning), (signal.SignalType, signal.Severity));
        Assert.Equal(
            (Producer, "ExperimentMonitorBackplane", 3L, false, 300L, 290L),
            (signal.Data!["producerId"], signal.Data["destination"], signal.Data["sequenceNumber"], signal.Data["hasLast"], signal.Data["expected"], signal.Data["arrived"]));
        Assert.StartsWith($"10 exposures of {MonitoredStream.Experiment} that producer {Producer} delivered to ExperimentMonitorBackplane have not arrived.", signal.Message, StringComparison.Ordinal);
        Expose(100);
        Assert.Empty(Account(400));
    }

    [Fact]
    public void Exposures_that_are_read_after_the_account_that_counts_them_are_not_missing()
    {
        for (var account = 1; account <= 6; account++)
        {
            // Two of three accounts are read early.
            Expose(account % 3 == 0 ? 120 : 90);
            Assert.Empty(Account(100 * account));
        }
    }

    [Fact]
    public void What_a_last_account_counts_is_missing_after_a_minute_and_recovers_when_it_arrives()
    {
        Expose(9);
        Assert.Empty(Account(10, isLast: true));
        _stream.Now += TimeSpan.FromMinutes(1);

        Assert.Equal(true, Assert.Single(_stream.Evaluate()).Data!["hasLast"]);

        Assert.Equal(1, _stream.Status.Producers[0].Missing);
        Expose(1);
        Assert.Equal("recovered", Assert.Single(_stream.Evaluate()).Data!["state"]);
        Assert.Equal(0, _stream.Status.Producers[0].Missing);
        Assert.Empty(_stream.Evaluate());
    }

    [Fact]
    public void A_producer_of_which_nothing_comes_any_more_is_signaled_until_it_goes_on()
    {
        Expose(20);
        Account(20);
        Assert.Empty(Account(20));
        _stream.Now += TimeSpan.FromMinutes(4);
        Expose(1);
        Assert.Empty(_stream.Evaluate());
        _stream.Now += TimeSpan.FromMinutes(5) - TimeSpan.FromTicks(1);
        Assert.Empty(_stream.Evaluate());
        _stream.Now += TimeSpan.FromTicks(1);

        var signal = Assert.Single(_stream.Evaluate());

        Assert.StartsWith($"Nothing has arrived from producer {Producer} since its account of 2026-03-01 12:02:00Z, which was not its last", signal.Message, StringComparison.Ordinal);
        Assert.Empty(_stream.Evaluate());
        Assert.Equal("recovered", Assert.Single(Account(21)).Data!["state"]);
    }

    [Fact]
    public void A_producer_that_ended_in_order_is_never_silent()
    {
        Expose(20);
        Account(20);
        Account(20, isLast: true);
        _stream.Now += TimeSpan.FromDays(30);

        Assert.Empty(_stream.Evaluate());
    }

    [Fact]
    public void Accounts_that_are_read_quickly_or_again_are_no_evidence_of_a_loss()
    {
        Expose(9);
        _accounts = 0;
        Account(10);
        for (var account = 0; account < 3; account++)
        {
            _accounts = 0;
            Assert.Empty(Account(10));
        }

        var now = _stream.Now;
        for (var account = 0; account < 10; account++)
        {
            // A reader that catches up reads the accounts of ten minutes in a moment.
            Account(10);
            _stream.Now = now;
        }

        Assert.Empty(_stream.Evaluate());
    }

    [Fact]
    public void An_older_account_that_arrives_after_the_last_one_changes_nothing()
    {
        Expose(20);
        Account(20);
        Account(20);
        Account(20, isLast: true);
        _accounts = 1;
        Account(20);
        _stream.Now += TimeSpan.FromDays(1);

        Assert.Empty(_stream.Evaluate());
        Assert.True(_stream.Status.Producers[0].HasEnded);
    }

    [Fact]
    public void What_a_producer_published_before_the_monitor_read_it_is_not_missing()
    {
        _accounts = 6;
        Expose(50);
        Account(1_050);
        for (var account = 1; account <= 3; account++)
        {
            Expose(10);
            Assert.Empty(Account(1_050 + (10 * account)));
        }

        Assert.Equal((80L, 80L, 0L), _stream.Status.Producers[0] is var producer ? (producer.Received, producer.Expected!.Value, producer.Missing) : default);
    }

    private void Expose(int count)
    {
        for (var exposure = 0; exposure < count; exposure++)
        {
            _stream.Observe(
                new ExposureEvent
                {
                    ExperimentName = MonitoredStream.Experiment,
                    Timestamp = _stream.Now,
                    VariantKey = "control",
                    SelectionReason = SelectionReasons.Override,
                },
                new Guid(++_exposures, 0, 0, [0x80, 0, 0, 0, 0, 0, 0, 0x0A]));
        }
    }

    private IReadOnlyList<AnalysisSignalEvent> Account(long published, bool isLast = false)
    {
        _stream.Now += TimeSpan.FromMinutes(1);
        _stream.Observe(MonitoredStream.Account(Producer) with
        {
            SequenceNumber = ++_accounts,
            IntervalEnd = _stream.Now,
            IsLast = isLast,
            Published = [new AccountedEvents { ExperimentName = MonitoredStream.Experiment, VariantKey = "control", EventType = nameof(DataPlaneEventType.Exposure), Count = published }],
        });
        return _stream.Evaluate();
    }
}
