namespace ExperimentFramework.DataPlane.Science.Tests;

/// <summary>The time series of the read model.</summary>
public sealed class SeriesTests
{
    private readonly MonitoredStream _stream = new();

    [Fact]
    public async Task Each_minute_has_the_exposures_and_the_new_subjects_that_arrived_in_it()
    {
        _stream.Declare();
        Expose("a", "control", 3);
        _stream.Now += TimeSpan.FromMinutes(1);
        Expose("a", "control", 2);
        Expose("b", "b", 1);
        _stream.Now += TimeSpan.FromSeconds(59);
        Expose("c", "b", 1);
        _stream.Now += TimeSpan.FromSeconds(1);
        Expose("d", "b", 1);

        var minutes = (await DetailAsync()).Minutes;

        Assert.Equal(MonitoredStream.Start, minutes.Start);
        Assert.Equal(TimeSpan.FromMinutes(1), minutes.Interval);
        Assert.Equal(["control", "b"], minutes.Variants.Select(static variant => variant.Key));
        Assert.Equal([3, 2, 0], minutes.Variants[0].Exposures);
        Assert.Equal([0, 2, 1], minutes.Variants[1].Exposures);
        Assert.Equal([1, 0, 0], minutes.Variants[0].NewSubjects);
        Assert.Equal([0, 2, 1], minutes.Variants[1].NewSubjects);
        Assert.Equal([1, 0.333333, 0.25], minutes.Variants[0].Shares.Select(static share => share!.Value));
        Assert.All(minutes.Variants, static variant => Assert.All(variant.PlannedShares, static share => Assert.Equal(0.5, share)));
    }

    [Fact]
    public async Task Minutes_without_events_have_none_and_keep_the_shares()
    {
        _stream.Declare();
        Expose("a", "control", 1);
        Expose("b", "b", 1);
        _stream.Now += TimeSpan.FromMinutes(5);
        _stream.Evaluate();

        var variant = (await DetailAsync()).Minutes.Variants[0];

        Assert.Equal([1, 0, 0, 0, 0, 0], variant.Exposures);
        Assert.All(variant.Shares, static share => Assert.Equal(0.5, share));
    }

    [Fact]
    public async Task Sixty_minutes_and_744_hours_are_kept_and_their_sums_are_those_of_the_counts()
    {
        _stream.Declare();
        const int Hours = 1_000;
        for (var hour = 0; hour < Hours; hour++)
        {
            _stream.Expose("s" + hour, hour % 2 == 0 ? "control" : "b");
            _stream.Now += TimeSpan.FromHours(1);
        }

        var detail = await DetailAsync();

        // The clock is past the last exposure, and nobody has looked since.
        Assert.Equal((60, 744), (detail.Minutes.Runs.Count, detail.Hours.Runs.Count));
        Assert.Equal(744, detail.Hours.Variants.Sum(static variant => variant.Exposures.Sum()));
        Assert.Equal(MonitoredStream.Start.AddHours(Hours - 744), detail.Hours.Start);
        Assert.Equal(Hours, detail.Status.Exposures);
        Assert.All(detail.Hours.Variants, static variant => Assert.Equal(0.5, variant.Shares[^1]));
    }

    [Fact]
    public async Task New_weights_begin_new_shares_with_their_own_planned_line()
    {
        _stream.Declare().Declare("v2", ("control", 1), ("b", 3));
        for (var subject = 0; subject < 40; subject++)
        {
            _stream.Expose("s" + subject, subject % 2 == 0 ? "control" : "b");
        }

        _stream.Now += TimeSpan.FromMinutes(1);
        for (var subject = 0; subject < 40; subject++)
        {
            _stream.Expose("t" + subject, subject % 4 == 0 ? "control" : "b", "v2");
        }

        // A host that has not reloaded its weights yet.
        _stream.Expose("late", "control");
        _stream.Now += TimeSpan.FromMinutes(1);
        _stream.Evaluate();
        var minutes = (await DetailAsync()).Minutes;

        Assert.Equal([MonitoredStream.Version, "v2", "v2"], minutes.Allocations);
        Assert.Equal([0.5, 0.25, 0.25], minutes.Variants[0].PlannedShares.Select(static share => share!.Value));
        Assert.Equal([0.5, 0.25, 0.25], minutes.Variants[0].Shares.Select(static share => share!.Value));
        Assert.Equal("v2", _stream.Status.CurrentAllocation);
    }

    [Fact]
    public async Task A_reset_begins_new_shares_and_takes_no_exposure_away()
    {
        _stream.Declare();
        Expose("a", "control", 4);
        _stream.Now += TimeSpan.FromMinutes(1);
        _stream.Evaluate();
        _stream.Monitor.Reset(MonitoredStream.Experiment, _stream.Now);
        Expose("b", "b", 1);

        var minutes = (await DetailAsync()).Minutes;

        Assert.Equal([1, 2], minutes.Runs);
        Assert.Equal([4, 0], minutes.Variants[0].Exposures);
        Assert.Equal([1.0, 0.0], minutes.Variants[0].Shares.Select(static share => share!.Value));
        Assert.Equal([0, 1], minutes.Variants[1].NewSubjects);
    }

    [Fact]
    public async Task The_evidence_rises_over_its_line_and_the_share_leaves_its_band_where_the_split_breaks()
    {
        _stream.Declare();
        for (var minute = 0; minute < 20; minute++)
        {
            _stream.ExposeMany(500, lossOfB: minute < 5 ? 0 : 0.5, seed: minute, prefix: "m" + minute + "-");
            _stream.Evaluate();
            _stream.Now += TimeSpan.FromMinutes(1);
        }

        _stream.Evaluate();
        var minutes = (await DetailAsync()).Minutes;
        var control = minutes.Variants[0];

        Assert.True(minutes.LogEvidence[4] < Math.Log(20));
        Assert.True(minutes.LogEvidence[^1] > Math.Log(100));
        Assert.True(minutes.LogPValues.Zip(minutes.LogPValues.Skip(1)).All(static pair => pair.Second <= pair.First));
        Assert.True(control.LowShares[4] < 0.5 && control.HighShares[4] > 0.5);
        Assert.True(control.LowShares[^1] > 0.5);
        Assert.Equal(ExperimentState.SampleRatioMismatch, _stream.Status.State);
    }

    [Fact]
    public async Task Losses_are_in_the_minute_in_which_they_were_reported()
    {
        _stream.Declare();
        Expose("a", "control", 1);
        Expose("b", "b", 1);
        _stream.Now += TimeSpan.FromMinutes(2);
        _stream.Evaluate();
        _stream.Observe(MonitoredStream.Account("0a1b2c3d4e5", ("b", 7)));

        Assert.Equal([0, 0, 7], (await DetailAsync()).Minutes.LostExposures);
    }

    [Fact]
    public void An_exposure_allocates_nothing_and_neither_does_an_hour_without_one()
    {
        _stream.Declare();
        var envelopes = Enumerable.Range(0, 64).Select(static subject => new DataPlaneEnvelope
        {
            EventId = new Guid(subject, 0, 0, new byte[8]),
            Timestamp = MonitoredStream.Start,
            EventType = DataPlaneEventType.Exposure,
            SchemaVersion = "1.0.0",
            Payload = new ExposureEvent
            {
                ExperimentName = MonitoredStream.Experiment,
                Timestamp = MonitoredStream.Start,
                VariantKey = subject % 2 == 0 ? "control" : "b",
                SubjectId = "s" + subject,
                AllocationVersion = MonitoredStream.Version,
                SelectionReason = SelectionReasons.HashAssignment,
                VariantBuild = new Guid(subject % 2, 0, 0, new byte[8]),
            },
        }).ToArray();
        ObserveAll(rounds: 50);

        var before = GC.GetAllocatedBytesForCurrentThread();
        ObserveAll(rounds: 50);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void ObserveAll(int rounds)
        {
            for (var round = 0; round < rounds; round++)
            {
                foreach (var envelope in envelopes)
                {
                    _stream.Monitor.Observe(envelope, MonitoredStream.Start);
                }
            }
        }
    }

    [Fact]
    public async Task Clocks_that_jump_to_either_end_of_time_leave_the_series_bounded()
    {
        _stream.Declare();
        foreach (var now in new[] { MonitoredStream.Start, DateTimeOffset.MaxValue, MonitoredStream.Start, DateTimeOffset.MinValue, DateTimeOffset.MaxValue })
        {
            _stream.Now = now;
            Expose("s" + now.Year, "control", 1);
            _stream.Evaluate();
        }

        var detail = await DetailAsync();

        Assert.Equal((60, 744), (detail.Minutes.Runs.Count, detail.Hours.Runs.Count));
        Assert.NotEmpty(ReadModelJson.Serialize(detail));
    }

    [Fact]
    public async Task Variants_beyond_the_sixteenth_are_in_no_series_and_still_in_the_shares_of_the_others()
    {
        for (var variant = 0; variant < 20; variant++)
        {
            _stream.Expose("s" + variant, "v" + variant);
        }

        var minutes = (await DetailAsync()).Minutes;

        Assert.Equal(16, minutes.Variants.Count);
        Assert.All(minutes.Variants, static variant => Assert.Equal(0.05, variant.Shares[^1]));
        Assert.All(minutes.Variants, static variant => Assert.Null(variant.PlannedShares[^1]));
    }

    private void Expose(string subject, string variant, int times)
    {
        for (var time = 0; time < times; time++)
        {
            _stream.Expose(variant == "b" ? subject + time : subject, variant);
        }
    }

    private async Task<ExperimentDetail> DetailAsync()
    {
        var model = new MonitorReadModel(_stream.Monitor, ReadModelSource.OfFiles("events"));
        return (await model.GetExperimentAsync(MonitoredStream.Experiment, TestContext.Current.CancellationToken))!;
    }
}
