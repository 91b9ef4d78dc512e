namespace ExperimentFramework.DataPlane.Streams.Tests;

public sealed class PartitionCounterTests
{
    private readonly MemoryStore _store = new();

    [Fact]
    public void A_subject_is_counted_once_by_the_first_of_its_exposures_to_arrive()
    {
        var counter = Create();
        Expose(counter, Exposures.Of("u1", "b"));
        Expose(counter, Exposures.Of("u1", "control") with { Timestamp = Exposures.Time.AddHours(-1) });
        Expose(counter, Exposures.Of("u1", "b"));
        Expose(counter, Exposures.Of("u2", "control", "v2"));

        var report = counter.Report();

        Assert.Equal([("v1", "b", 1), ("v2", "control", 1)], CountsOf(report));
        Assert.Equal((4L, 1L), (report.Tallies.Exposures, Assert.Single(report.Runs).Crossovers));
    }

    [Fact]
    public void A_fallback_counts_as_the_variant_that_was_assigned()
    {
        var counter = Create();
        Expose(counter, Exposures.Of("u1", "control") with { AssignedVariantKey = "b" });

        var report = counter.Report();

        Assert.Equal([("v1", "b", 1)], CountsOf(report));
        Assert.Equal(new Dictionary<string, long> { ["b"] = 1 }, report.Tallies.Fallbacks);
    }

    [Fact]
    public void Whoever_takes_the_partition_over_counts_what_its_store_holds_and_messages_again_change_nothing()
    {
        var before = Create();
        before.Count(0, 5_000);
        Expose(before, Exposures.Of("s1", "control") with { SubjectType = null });
        var reported = before.Report();

        var after = new PartitionCounter(_store.Copy(), Options());
        after.Count(0, 5_000);
        var again = after.Report();

        Assert.Equal(CountsOf(reported).Order(), CountsOf(again).Order());
        Assert.Equal(SegmentsOf(reported).Order(), SegmentsOf(again).Order());
        Assert.Equal((reported.Store, Assert.Single(reported.Runs).Crossovers), (again.Store, Assert.Single(again.Runs).Crossovers));
        Assert.NotEqual(reported.Session, again.Session);
    }

    [Fact]
    public void A_store_that_is_lost_has_another_id()
    {
        var before = Create();
        before.Count(0, 10);
        var after = new PartitionCounter(new MemoryStore(), Options());
        after.Count(0, 10);

        Assert.NotEqual(before.Report().Store, after.Report().Store);
    }

    [Fact]
    public void Pseudonym_keys_are_counted_apart()
    {
        var counter = Create();
        counter.TryCount(Exposures.Of("u1", "b"), "key1", isKeyedBySubject: true);
        counter.TryCount(Exposures.Of("u1", "b"), "key2", isKeyedBySubject: true);

        Assert.Equal([("key1", 1), ("key2", 1)], counter.Report().Runs.Select(static run => (run.KeyId, run.Subjects)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public void An_exposure_at_the_end_of_time_keeps_no_later_pseudonym_key_out(int hours)
    {
        var counter = Create();
        counter.TryCount(Exposures.Of("u1", "b") with { Timestamp = new DateTimeOffset(DateTime.MaxValue.Ticks, TimeSpan.FromHours(hours)) }, "key1", isKeyedBySubject: true);
        counter.TryCount(Exposures.Of("u1", "b"), "key2", isKeyedBySubject: true);
        counter.TryCount(Exposures.Of("u1", "b"), "key3", isKeyedBySubject: true);

        var report = counter.Report();
        Assert.Equal([("key2", 1), ("key3", 1)], report.Runs.Select(static run => (run.KeyId, run.Subjects)));
        Assert.All(report.Runs, run => Assert.InRange(run.Since, DateTimeOffset.MaxValue.AddHours(-hours), DateTimeOffset.MaxValue));
    }

    [Fact]
    public void Exposures_that_cannot_count_are_excluded_by_reason()
    {
        var counter = Create();
        Expose(counter, Exposures.Of(null, "control"));
        Expose(counter, Exposures.Of("u1", "b", version: null) with { SelectionReason = "override" });
        counter.TryCount(Exposures.Of("u2", "b"), null, isKeyedBySubject: false);

        var report = counter.Report();

        Assert.Empty(report.Runs.SelectMany(static run => run.Counts));
        Assert.Equal(
            new Dictionary<string, long> { [SelectionReasons.NoSubject] = 1, ["override"] = 1, [PartitionCounter.NotKeyedBySubject] = 1 }, report.Tallies.Excluded);
    }

    [Fact]
    public void Subjects_are_counted_in_the_segments_that_are_known_before_the_assignment()
    {
        var counter = Create();
        Expose(counter, Exposures.Of("u1", "b") with { TenantId = "t1", Attributes = new Dictionary<string, object?> { ["country"] = "NZ", ["page"] = "cart" } });

        Assert.Equal(["subjectType=user", "tenant=t1", "country=NZ"], SegmentsOf(counter.Report()).Select(static count => count.Segment!));
    }

    [Theory]
    [InlineData(AssignmentChangeReasons.Policy, 0, 1)]
    [InlineData(AssignmentChangeReasons.StoreLost, 0, 1)]
    [InlineData(AssignmentChangeReasons.VariantRemoved, 0, 1)]
    [InlineData(AssignmentChangeReasons.IdentityChanged, 0, 1)]
    [InlineData(AssignmentChangeReasons.Override, 1, 0)]
    public void An_assignment_with_a_reason_explains_the_move(string reason, long crossovers, long explained)
    {
        var counter = Create();
        Expose(counter, Exposures.Of("u1", "b"));
        counter.Observe(
            new AssignmentEvent
            {
                ExperimentName = Exposures.Experiment,
                Timestamp = Exposures.Time,
                SubjectId = "u1",
                SubjectType = "user",
                PreviousVariantKey = "b",
                NewVariantKey = "control",
                ChangeReason = reason,
                AssignmentPolicy = AssignmentPolicy.SubjectSticky,
            },
            null);
        Expose(counter, Exposures.Of("u1", "control"));

        var run = Assert.Single(counter.Report().Runs);
        Assert.Equal((crossovers, explained), (run.Crossovers, run.Explained));
    }

    [Fact]
    public void Experiments_beyond_the_bound_or_with_names_that_are_none_are_ignored()
    {
        var options = Options();
        options.MaxExperiments = 1;
        var counter = new PartitionCounter(_store, options);

        Assert.True(counter.TryCount(Exposures.Of("u1", "b"), null, isKeyedBySubject: true));
        Assert.False(counter.TryCount(Exposures.Of("u1", "b") with { ExperimentName = "other" }, null, isKeyedBySubject: true));
        Assert.False(Create().TryCount(Exposures.Of("u1", "b") with { ExperimentName = "a\0b" }, null, isKeyedBySubject: true));
    }

    [Fact]
    public void Of_ever_new_builds_256_are_reported()
    {
        var counter = Create();
        for (var build = 0; build < 300; build++)
        {
            Expose(counter, Exposures.Of($"u{build}", "b") with { VariantBuild = new Guid(build, 0, 0, new byte[8]) });
        }

        Assert.Equal(256, counter.Report().Builds.Count);
    }

    [Fact]
    public void Only_what_has_changed_is_reported()
    {
        var counter = Create();
        Assert.Empty(counter.TakeReports(0));
        counter.Count(0, 1);
        Assert.Single(counter.TakeReports(0));
        Assert.Empty(counter.TakeReports(0));
    }

    private static ExperimentMonitorStreamsOptions Options() => new() { SegmentAttributes = { "country" } };

    private static IEnumerable<(string, string, long)> CountsOf(PartitionReport report) =>
        report.Runs.SelectMany(static run => run.Counts).Where(static count => count.Segment is null).Select(static count => (count.Version, count.Variant, count.Subjects));

    private static IEnumerable<(string? Segment, string, string, long)> SegmentsOf(PartitionReport report) =>
        report.Runs.SelectMany(static run => run.Counts).Where(static count => count.Segment is not null).Select(static count => (count.Segment, count.Version, count.Variant, count.Subjects));

    private static void Expose(PartitionCounter counter, ExposureEvent exposure) => counter.TryCount(exposure, null, isKeyedBySubject: true);

    private PartitionCounter Create() => new(_store, Options());
}
