namespace ExperimentFramework.DataPlane.Science.Tests;

public sealed class SampleRatioEvidenceTests
{
    [Fact]
    public void Without_starts_and_segments_the_rest_of_the_weight_stands_on_one()
    {
        var stream = new MonitoredStream().Declare();
        stream.ExposeMany(2_000, lossOfB: 0.3);
        stream.Evaluate();

        // E = 1/2 (1/2 E(all) + 1/2) + 1/2, and the first run weighs 1/2.
        var all = SequentialSampleRatio.LogMixtureEValue([stream.Status.Variants[0].Subjects, stream.Status.Variants[1].Subjects], [0.5, 0.5]);
        Assert.Equal(Math.Log(2) - Math.Log((0.25 * Math.Exp(all)) + 0.75), stream.Status.LogPValue, 1e-9);
    }

    [Fact]
    public void The_evidence_of_interleaved_versions_is_the_product_of_theirs()
    {
        var run = Run("50", "90");
        run.Declare("50", Plan(1, 1));
        run.Declare("90", Plan(9, 1));
        Count(run, 0, 0, 700);
        Count(run, 0, 1, 500);
        Count(run, 1, 0, 950);
        Count(run, 1, 1, 50);

        var evidence = SampleRatioEvidence.Create();
        evidence.Compute(run);

        Assert.Equal(
            SequentialSampleRatio.LogMixtureEValue([700, 500], [0.5, 0.5]) + SequentialSampleRatio.LogMixtureEValue([950, 50], [0.9, 0.1]), evidence.SinceBeginning, 1e-9);
    }

    [Fact]
    public void The_evidence_since_a_start_is_that_of_the_subjects_after_it()
    {
        var run = Run("50");
        run.Declare("50", Plan(1, 1));
        Count(run, 0, 0, 500);
        Count(run, 0, 1, 500);
        run.Starts.Add(MonitoredStream.Start, StartCause.Day, run.Counts);
        Count(run, 0, 0, 300);
        Count(run, 0, 1, 100);

        var evidence = SampleRatioEvidence.Create();
        evidence.Compute(run);

        Assert.Equal(SequentialSampleRatio.LogMixtureEValue([300, 100], [0.5, 0.5]), evidence.SinceStart(0), 1e-9);
        Assert.Same(run.Starts.All[0], evidence.StrongestStart(run));
    }

    [Fact]
    public void A_version_that_is_dropped_leaves_its_evidence_since_the_beginning_and_since_every_start_and_of_every_segment()
    {
        var run = Run([.. Enumerable.Range(0, 64).Select(version => "v" + version)]);
        foreach (var version in run.Versions)
        {
            run.Declare(version, Plan(1, 1));
        }

        Count(run, 0, 0, 200);
        Count(run, 0, 1, 120);
        run.Starts.Add(MonitoredStream.Start, StartCause.Day, run.Counts);
        Count(run, 0, 0, 150);
        Count(run, 0, 1, 60);
        Count(run, 7, 0, 90);
        Count(run, 7, 1, 130);
        for (var subject = 0; subject < 50; subject++)
        {
            run.Segments.Increment("tenant=acme", 0, subject % 3 == 0 ? 1 : 0);
        }

        var before = SampleRatioEvidence.Create();
        before.Compute(run);
        var index = run.AddVersion("v64", Plan(1, 1));
        var after = SampleRatioEvidence.Create();
        after.Compute(run);

        Assert.Equal(0, index);
        Assert.Equal(before.LogEValue, after.LogEValue, 1e-9);
        Assert.Equal(before.SinceStart(0), after.SinceStart(0), 1e-9);
        Assert.Equal(before.OfSegment(0), after.OfSegment(0), 1e-9);
        Assert.Equal(220, run.Counts.Total());
    }

    [Fact]
    public void A_start_begins_with_the_subject_after_the_one_that_set_it()
    {
        var experiment = new MonitoredExperiment(MonitoredStream.Experiment, SubjectTable.MinSlots, []);
        experiment.Observe(Exposure("a", "control", new Guid(1, 0, 0, new byte[8])), null, MonitoredStream.Start);
        experiment.Observe(Exposure("b", "b", new Guid(2, 0, 0, new byte[8])), null, MonitoredStream.Start);

        // Which variant's build is new depends on the variant that the subject was assigned: counting it since the start would favour that variant.
        var start = Assert.Single(experiment.CurrentRun!.Starts.All);
        Assert.Equal((2, StartCause.Build), (start.Counts.Total(), start.Cause));
    }

    [Fact]
    public void A_day_a_version_and_a_build_each_set_a_start_when_they_are_first_seen()
    {
        var experiment = new MonitoredExperiment(MonitoredStream.Experiment, SubjectTable.MinSlots, []);
        var build = new Guid(1, 0, 0, new byte[8]);
        experiment.Observe(Exposure("a", "control", build), null, MonitoredStream.Start);
        experiment.Observe(Exposure("b", "control", build) with { AllocationVersion = "v2" }, null, MonitoredStream.Start);
        experiment.Observe(Exposure("c", "control", new Guid(2, 0, 0, new byte[8])), null, MonitoredStream.Start);
        experiment.Observe(Exposure("d", "control", build), null, MonitoredStream.Start.AddDays(1));
        experiment.Observe(Exposure("e", "control", build), null, MonitoredStream.Start);
        experiment.Observe(Exposure("f", "control", build), null, MonitoredStream.Start.AddDays(1));

        Assert.Equal([StartCause.AllocationVersion, StartCause.Build, StartCause.Day], experiment.CurrentRun!.Starts.All.Select(static start => start.Cause));
    }

    [Fact]
    public void At_most_32_starts_are_kept_the_newest_16_and_every_second_older_one()
    {
        var starts = new StartPoints();
        for (var day = 1; day <= 33; day++)
        {
            starts.Add(MonitoredStream.Start.AddDays(day), StartCause.Day, new VersionedCounts());
        }

        Assert.Equal([1, 3, 5, 7, 9, 11, 13, 15, .. Enumerable.Range(17, 17)], starts.All.Select(static start => start.Number));
        for (var day = 34; day <= 1_000; day++)
        {
            starts.Add(MonitoredStream.Start.AddDays(day), StartCause.Day, new VersionedCounts());
            Assert.True(starts.All.Count <= 32);
            Assert.True(starts.All.Sum(static start => start.Weight) <= 0.5);
        }

        Assert.Equal(Enumerable.Range(985, 16), starts.All.TakeLast(16).Select(static start => start.Number));
    }

    [Fact]
    public void A_start_that_is_dropped_takes_its_weight_with_it()
    {
        var run = Run("50");
        run.Declare("50", Plan(1, 1));
        for (var day = 1; day <= 40; day++)
        {
            run.Starts.Add(MonitoredStream.Start.AddDays(day), StartCause.Day, run.Counts);
        }

        // Nothing was counted, so every e-value is 1, and what is missing of 1 is the weight of the starts that were dropped, halved by the segments.
        var evidence = SampleRatioEvidence.Create();
        var kept = run.Starts.All.Sum(static start => start.Weight);
        Assert.Equal(Math.Log(0.5 + (0.5 * (0.5 + kept + (0.5 / 41)))), evidence.Compute(run), 1e-12);
        Assert.True(kept + (0.5 / 41) < 0.5);
    }

    [Fact]
    public void Segments_are_named_by_the_e_value_procedure_at_the_level_of_all_32()
    {
        var run = Run("50");
        run.Declare("50", Plan(1, 1));
        AddSegment("tenant=a", 1_000, 700);
        AddSegment("tenant=b", 1_000, 1_010);
        AddSegment("tenant=c", 1_000, 640);

        var evidence = SampleRatioEvidence.Create();
        evidence.Compute(run);

        Assert.Equal(["tenant=c", "tenant=a"], evidence.BrokenSegments(run, 0.01).Select(static segment => segment.Name));

        void AddSegment(string name, long control, long b)
        {
            var counts = new VersionedCounts();
            counts.Set(0, [control, b]);
            run.Segments.Add(name, counts);
        }
    }

    private static ExposureEvent Exposure(string subject, string variant, Guid build) => new()
    {
        ExperimentName = MonitoredStream.Experiment,
        Timestamp = MonitoredStream.Start,
        VariantKey = variant,
        SubjectId = subject,
        AllocationVersion = MonitoredStream.Version,
        SelectionReason = SelectionReasons.HashAssignment,
        VariantBuild = build,
    };

    private static AllocationPlan Plan(params double[] weights) => AllocationPlan.TryCreate([.. Enumerable.Range(0, weights.Length)], weights)!;

    private static MonitorRun Run(params string[] versions)
    {
        var run = new MonitorRun(1, null, MonitoredStream.Start, new SubjectTable(SubjectTable.MinSlots));
        foreach (var version in versions)
        {
            run.AddVersion(version, null);
        }

        return run;
    }

    private static void Count(MonitorRun run, int version, int variant, int subjects)
    {
        for (var subject = 0; subject < subjects; subject++)
        {
            run.Counts.Increment(version, variant);
        }
    }
}
