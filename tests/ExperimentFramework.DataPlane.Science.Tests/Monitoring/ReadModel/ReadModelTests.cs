using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Science.Tests;

/// <summary>What pages, tools and APIs read.</summary>
public sealed class ReadModelTests
{
    private readonly MonitoredStream _stream = new(new ExperimentMonitorOptions { SegmentAttributes = { "country" } });

    [Fact]
    public async Task The_overview_has_all_experiments_by_name_with_what_their_rows_need()
    {
        _stream.Declare();
        _stream.ExposeMany(100);
        _stream.Now += TimeSpan.FromMinutes(1);
        _stream.Expose("later", "b");
        _stream.Observe(MonitoredStream.Account("0a1b2c3d4e5", ("b", 3)));
        _stream.Evaluate();
        _stream.Expose("u1", "control", null, static exposure => exposure with { ExperimentName = "a-search" });

        var overview = await Model().GetExperimentsAsync(Cancellation);

        Assert.Equal(["a-search", MonitoredStream.Experiment], overview.Experiments.Select(static experiment => experiment.Name));
        var experiment = overview.Experiments[1];
        Assert.Equal((ExperimentState.Healthy, 101L, 101L, 3L, 1), (experiment.State, experiment.Subjects, experiment.Exposures, experiment.LostExposures, experiment.Run));
        Assert.Equal(101, experiment.Variants.Sum(static variant => variant.Subjects));
        Assert.All(experiment.Variants, static variant => Assert.Equal(0.5, variant.Share));
        Assert.Equal(60, experiment.ExposuresPerMinute.Count);
        Assert.Equal([100, 1], experiment.ExposuresPerMinute.Skip(58));
        Assert.Equal(_stream.Now, experiment.LastExposure);
        Assert.Equal(ReadModelSourceKind.Files, overview.Source.Kind);
        Assert.NotEmpty(overview.Source.NotSeen);
    }

    [Fact]
    public async Task Exposures_and_subjects_of_variants_beyond_the_sixteenth_are_in_the_list()
    {
        (string Key, double Weight)[] variants = [.. Enumerable.Range(0, 20).Select(static variant => ("v" + variant, 1.0))];
        _stream.Declare(weights: variants);
        for (var subject = 0; subject < 60; subject++)
        {
            _stream.Expose("s" + subject, "v" + (subject % 20));
        }

        _stream.Evaluate();

        var experiment = Assert.Single((await Model().GetExperimentsAsync(Cancellation)).Experiments);
        Assert.Equal(20, experiment.Variants.Count);
        Assert.All(experiment.Variants, static variant => Assert.Equal(3, variant.Subjects));
        Assert.Equal(60, experiment.ExposuresPerMinute[^1]);
        var minutes = (await Model().GetExperimentAsync(MonitoredStream.Experiment, Cancellation))!.Minutes;
        Assert.Equal((16, 60L), (minutes.Variants.Count, minutes.Exposures[^1]));
    }

    [Fact]
    public void Exposures_of_further_rates_and_builds_are_counted_together()
    {
        _stream.Declare();
        for (var exposure = 0; exposure < 300; exposure++)
        {
            _stream.Expose("s" + exposure, "b", change: event_ => event_ with { SamplingRate = 1.0 / (exposure + 1), VariantBuild = new Guid(exposure + 1, 0, 0, new byte[8]) });
        }

        Assert.Equal(300, _stream.Status.OtherSamplingRateExposures + _stream.Status.SamplingRates.Sum(static rate => rate.Exposures));
        Assert.Equal((268L, 44L), (_stream.Status.OtherSamplingRateExposures, _stream.Status.OtherBuildExposures));
    }

    [Fact]
    public async Task An_experiment_that_was_never_seen_is_null() => Assert.Null(await Model().GetExperimentAsync("unknown", Cancellation));

    [Fact]
    public void Subjects_are_counted_by_version_of_the_weights_and_variant()
    {
        _stream.Declare().Declare("v2", ("control", 9), ("b", 1));
        _stream.ExposeMany(20);
        _stream.Expose("x", "b", "v2");
        _stream.Expose("y", "b", "v3");

        var allocations = _stream.Status.Allocations;

        Assert.Equal([("v1", true), ("v2", true), ("v3", false)], allocations.Select(static allocation => (allocation.Version, allocation.IsDeclared)));
        Assert.Equal(20, allocations[0].Variants.Sum(static variant => variant.Subjects));
        Assert.Equal([new AllocatedVariant("control", 0.9, 0), new AllocatedVariant("b", 0.1, 1)], allocations[1].Variants);
        Assert.Equal([new AllocatedVariant("b", null, 1)], allocations[2].Variants);
    }

    [Fact]
    public void The_segment_that_is_off_and_the_moment_since_which_it_is_are_named()
    {
        _stream.Declare();
        ExposeCountries(3_000, lossInFrance: 0, prefix: "first");
        _stream.Now += TimeSpan.FromDays(1);
        ExposeCountries(6_000, lossInFrance: 0.6, prefix: "second");
        _stream.Evaluate();

        var status = _stream.Status;

        var segment = Assert.Single(status.SegmentsOff);
        Assert.Equal(("country=FR", "b"), (segment.Name, segment.WorstVariant));
        Assert.InRange(segment.RelativeDeviation!.Value, -0.6, -0.1);
        Assert.Equal("day", status.DeviatesSince!.Reason);
    }

    [Fact]
    public void Builds_are_counted_by_variant_and_time()
    {
        Guid first = new(1, 0, 0, new byte[8]), second = new(2, 0, 0, new byte[8]);
        _stream.Declare();
        Expose("a", "b", first);
        _stream.Now += TimeSpan.FromMinutes(1);
        Expose("b", "b", second);
        Expose("a", "b", first);
        _stream.Expose("c", "control", change: exposure => exposure with { VariantBuild = second, AssignedVariantKey = "b" });

        Assert.Equal(
            [
                new BuildStatus(first, "b", 2, MonitoredStream.Start, _stream.Now),
                new BuildStatus(second, "b", 1, _stream.Now, _stream.Now),
            ],
            _stream.Status.Builds);

        void Expose(string subject, string variant, Guid build) => _stream.Expose(subject, variant, change: exposure => exposure with { VariantBuild = build });
    }

    [Fact]
    public void Exposures_that_an_account_expects_and_that_never_arrived_are_missing()
    {
        const string Producer = "0000000000a";
        _stream.Declare();
        for (var number = 0; number < 8; number++)
        {
            _stream.Observe(Exposure("s" + number), new Guid(number, 0, 0, [0x80, 0, 0, 0, 0, 0, 0, 0x0A]));
        }

        _stream.Observe(Account(Producer, published: 12, dropped: 1));

        var producer = Assert.Single(_stream.Status.Producers);
        Assert.Equal((Producer, 8L, 11L, 3L, false), (producer.Id, producer.Received, producer.Expected, producer.Missing, producer.HasEnded));

        // What arrives later is in a later account.
        _stream.Observe(Exposure("late"), new Guid(9, 0, 0, [0x80, 0, 0, 0, 0, 0, 0, 0x0A]));
        Assert.Equal((9L, 3L), (_stream.Status.Producers[0].Received, _stream.Status.Producers[0].Missing));
    }

    [Fact]
    public void Ids_that_no_pipeline_made_look_like_many_producers_and_stay_bounded()
    {
        _stream.Declare();
        for (var number = 0; number < 5_000; number++)
        {
            _stream.Observe(Exposure("s" + number), new Guid(number, 0, 0, [0x80, 0, 0, 0, 0, 0, (byte)(number >> 8), (byte)number]));
        }

        _stream.Observe(Account("000000fffff", published: 50, dropped: 0));

        Assert.Equal(256, _stream.Status.Producers.Count);
        Assert.Equal(0, Assert.Single(_stream.Status.Producers, static producer => producer.Expected is not null).Missing);
    }

    [Fact]
    public async Task The_latest_events_and_signals_are_kept_as_they_arrived_the_newest_first()
    {
        _stream.Declare();
        _stream.ExposeMany(4_000, lossOfB: 0.4);
        _stream.Evaluate();
        _stream.Observe(new AssignmentEvent
        {
            ExperimentName = MonitoredStream.Experiment, Timestamp = _stream.Now, SubjectId = "s1", PreviousVariantKey = "b", NewVariantKey = "control", ChangeReason = AssignmentChangeReasons.Policy, AssignmentPolicy = AssignmentPolicy.BestEffort,
        });
        _stream.Expose(new string('x', 64 * 1024), "control");

        var detail = (await Model().GetExperimentAsync(MonitoredStream.Experiment, Cancellation))!;

        Assert.Equal(20, detail.LatestEvents.Count);
        Assert.IsType<AssignmentEvent>(detail.LatestEvents[0].Envelope.Payload);
        Assert.IsType<ExposureEvent>(detail.LatestEvents[1].Envelope.Payload);
        Assert.Equal((AnalysisSignalType.SampleRatioMismatch, SignalSeverity.Error), (detail.LatestSignals[0].SignalType, detail.LatestSignals[0].Severity));
    }

    [Fact]
    public async Task Pictures_are_consistent_while_events_arrive()
    {
        _stream.Declare();
        using var stop = new CancellationTokenSource();
        var writing = Task.Run(
            () =>
            {
                for (var round = 0; !stop.IsCancellationRequested; round++)
                {
                    _stream.Now = MonitoredStream.Start.AddSeconds(round);
                    _stream.ExposeMany(50, prefix: "r" + round + "-");
                }
            },
            Cancellation);
        for (var reading = 0; reading < 50; reading++)
        {
            if (await Model().GetExperimentAsync(MonitoredStream.Experiment, Cancellation) is { Status: { Subjects: > 0 } status } detail)
            {
                Assert.Equal(status.Subjects, status.Variants.Sum(static variant => variant.Subjects));
                Assert.Equal(status.Subjects, status.Allocations.Sum(static allocation => allocation.Variants.Sum(static variant => variant.Subjects)));
                Assert.Equal(status.Exposures, detail.Hours.Variants.Sum(static variant => variant.Exposures.Sum()));
            }
        }

        await stop.CancelAsync();
        await writing;
    }

    [Fact]
    public async Task The_monitor_of_a_process_registers_the_read_model_and_says_what_it_does_not_see()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<TimeProvider>(new FakeTimeProvider(MonitoredStream.Start));
        services.AddExperimentMonitor(static options => options.HostCount = 3);
        await using var provider = services.BuildServiceProvider();

        var model = provider.GetRequiredService<IExperimentReadModel>();

        Assert.Equal(MonitoredStream.Start, (await model.GetExperimentsAsync(Cancellation)).Time);
        Assert.Equal(ReadModelSourceKind.Process, model.Source.Kind);
        Assert.Contains(model.Source.NotSeen, static missing => missing.Contains("other 2 hosts", StringComparison.Ordinal));
        Assert.Contains(model.Source.NotSeen, static missing => missing.Contains("SnapshotFile", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Evidence_without_bound_is_a_finite_number_in_json()
    {
        _stream.Declare(weights: [("control", 1), ("b", 1)]);
        _stream.ExposeMany(10);
        var detail = (await Model().GetExperimentAsync(MonitoredStream.Experiment, Cancellation))!;
        var broken = detail with { Status = detail.Status with { LogPValue = double.NegativeInfinity, LogEvidence = double.PositiveInfinity } };

        using var json = JsonDocument.Parse(ReadModelJson.Serialize(broken));

        var status = json.RootElement.GetProperty("status");
        Assert.Equal((double.MinValue, double.MaxValue), (status.GetProperty("logPValue").GetDouble(), status.GetProperty("logEvidence").GetDouble()));
        Assert.Equal("2026-03-01T12:00:00.0000000Z", json.RootElement.GetProperty("minutes").GetProperty("start").GetString());
        Assert.Equal(60, json.RootElement.GetProperty("minutes").GetProperty("interval").GetDouble());
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private MonitorReadModel Model() => new(_stream.Monitor, ReadModelSource.OfFiles("events"));

    private ExposureEvent Exposure(string subject) => new()
    {
        ExperimentName = MonitoredStream.Experiment,
        Timestamp = _stream.Now,
        VariantKey = "control",
        SubjectId = subject,
        AllocationVersion = MonitoredStream.Version,
        SelectionReason = SelectionReasons.HashAssignment,
    };

    private static AccountingEvent Account(string producer, long published, long dropped) => MonitoredStream.Account(producer, ("control", dropped)) with
    {
        Published = [new AccountedEvents { ExperimentName = MonitoredStream.Experiment, VariantKey = "control", EventType = "Exposure", Count = published }],
    };

    private void ExposeCountries(int subjects, double lossInFrance, string prefix)
    {
        var random = new Random(7);
        for (var subject = 0; subject < subjects; subject++)
        {
            var country = subject % 3 == 0 ? "FR" : "DE";
            var variant = random.Next(2) == 0 ? "control" : "b";
            if (variant == "control" || country == "DE" || random.NextDouble() >= lossInFrance)
            {
                _stream.Expose(prefix + subject, variant, change: exposure => exposure with { Attributes = new Dictionary<string, object?> { ["country"] = country } });
            }
        }
    }
}
