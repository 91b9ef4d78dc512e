namespace ExperimentFramework.DataPlane.Science.Tests;

public sealed class CountingTests
{
    [Fact]
    public void A_subject_is_counted_once_by_its_first_exposure_and_its_assigned_variant()
    {
        var stream = new MonitoredStream().Declare();
        stream.Expose("u1", "control", change: static exposure => exposure with { AssignedVariantKey = "b", SelectionReason = SelectionReasons.Fallback });
        stream.Expose("u1", "b");
        stream.Expose("u1", "control");

        Assert.Equal([("control", 0L), ("b", 1L)], stream.Status.Variants.Select(static variant => (variant.Key, variant.Subjects)));
        Assert.Equal((3, 1, 1), (stream.Status.Exposures, stream.Status.Variants[1].Fallbacks, stream.Status.Crossovers));
    }

    [Fact]
    public void An_id_is_counted_once_whatever_its_tenant_and_type_because_it_is_drawn_once()
    {
        var stream = new MonitoredStream().Declare();
        stream.Expose("1", "control");
        stream.Expose("1", "control", change: static exposure => exposure with { TenantId = "acme" });
        stream.Expose("1", "control", change: static exposure => exposure with { SubjectType = "acme" });
        stream.Expose("1", "control", change: static exposure => exposure with { SubjectType = "user", TenantId = "acme" });

        Assert.Equal(1, stream.Status.Subjects);
    }

    [Fact]
    public void Ids_that_ten_tenants_share_raise_no_alarm_although_each_has_one_variant_in_all_of_them()
    {
        var stream = new MonitoredStream();
        for (var seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            stream.Declare("e" + seed, MonitoredStream.Version);
            for (var subject = 0; subject < 400; subject++)
            {
                var variant = random.Next(2) == 0 ? "control" : "b";
                for (var tenant = 0; tenant < 10; tenant++)
                {
                    stream.Expose($"s{subject}", variant, change: exposure => exposure with { ExperimentName = "e" + seed, TenantId = "t" + tenant });
                }
            }
        }

        stream.Evaluate();
        Assert.All(stream.Monitor.GetExperiments(), static status => Assert.NotEqual(ExperimentState.SampleRatioMismatch, status.State));
    }

    [Fact]
    public void Subjects_of_several_tenants_with_one_id_may_have_different_variants()
    {
        var stream = new MonitoredStream().Declare();
        for (var subject = 0; subject < 2_000; subject++)
        {
            for (var exposure = 0; exposure < 10; exposure++)
            {
                var tenant = "t" + (exposure % 5);
                stream.Expose($"s{subject}", (subject + (exposure % 5)) % 2 == 0 ? "control" : "b", change: exposure => exposure with { TenantId = tenant });
            }
        }

        Assert.Equal(2_000, stream.Status.Subjects);
        Assert.True(stream.Status.Crossovers < 10, $"{stream.Status.Crossovers} crossovers");
    }

    [Fact]
    public void What_cannot_be_counted_is_shown_by_its_reason()
    {
        var stream = new MonitoredStream().Declare();
        stream.Expose(null, "control");
        stream.Expose("u1", "b", version: null, static exposure => exposure with { SelectionReason = SelectionReasons.Override });
        stream.Expose("u2", "control", version: null, static exposure => exposure with { SelectionReason = SelectionReasons.SelectorError });
        stream.Expose("u3", "b");

        Assert.Equal(1, stream.Status.Subjects);
        Assert.Equal(
            new Dictionary<string, long> { ["no-subject"] = 1, ["override"] = 1, ["selector-error"] = 1 }, stream.Status.Excluded);
    }

    [Fact]
    public void Stragglers_of_the_former_pseudonym_key_do_not_bring_its_run_back()
    {
        var stream = new MonitoredStream { KeyId = "k1" }.Declare();
        stream.ExposeMany(1_000);
        stream.KeyId = "k2";
        stream.ExposeMany(10);
        stream.KeyId = "k1";
        stream.ExposeMany(1_000, prefix: "straggler");

        Assert.Equal((2, 10, "k2"), (stream.Status.Run, stream.Status.Subjects, stream.Status.PseudonymKeyId));
        stream.KeyId = "k2";
        stream.ExposeMany(20);
        Assert.Equal((2, 20), (stream.Status.Run, stream.Status.Subjects));
    }

    [Fact]
    public void A_run_in_which_nobody_is_exposed_any_more_gives_way_to_the_one_in_use()
    {
        // After a reset, or at the start, the straggler may come last.
        var stream = new MonitoredStream { KeyId = "k2" }.Declare();
        stream.ExposeMany(10);
        stream.KeyId = "k1";
        stream.Expose("straggler", "control");
        stream.KeyId = "k2";
        stream.ExposeMany(9_999, prefix: "more");
        Assert.Equal((2, 1), (stream.Status.Run, stream.Status.Subjects));

        stream.Expose("last", "control");
        Assert.Equal((1, 10_010, "k2"), (stream.Status.Run, stream.Status.Subjects, stream.Status.PseudonymKeyId));
    }

    [Fact]
    public void Weights_that_are_declared_late_are_no_problem()
    {
        var early = new MonitoredStream().Declare();
        early.ExposeMany(2_000, lossOfB: 0.2);
        early.Evaluate();
        var late = new MonitoredStream();
        late.ExposeMany(2_000, lossOfB: 0.2);
        Assert.Equal(0, late.Status.Variants.Sum(static variant => variant.Subjects));
        late.Declare();
        late.Evaluate();

        Assert.Equal(early.Status.Variants.OrderBy(static variant => variant.Key), late.Status.Variants.OrderBy(static variant => variant.Key));
        Assert.Equal(early.Status.Subjects, late.Status.Subjects);
    }

    [Fact]
    public void A_plan_with_a_weight_that_is_no_number_is_none()
    {
        var stream = new MonitoredStream().Declare(weights: [("control", double.NaN), ("b", 1)]).Declare("v2", ("control", -1), ("b", 1)).Declare("v3", ("control", 0), ("b", 0));
        stream.ExposeMany(100);
        stream.Declare();

        Assert.Equal(100, stream.Status.Variants.Sum(static variant => variant.Subjects));
    }

    [Fact]
    public void Variants_without_a_weight_are_not_counted_under_the_plan()
    {
        var stream = new MonitoredStream().Declare(weights: [("control", 1), ("b", 1), ("c", 0)]);
        stream.ExposeMany(100);
        stream.Expose("x", "c");
        stream.Expose("y", "d");

        Assert.Equal((100, 100), (stream.Status.Subjects, stream.Status.Variants.Sum(static variant => variant.Subjects)));
    }

    [Fact]
    public void Another_pseudonym_key_is_another_run()
    {
        var stream = new MonitoredStream { KeyId = "2026-03" }.Declare();
        stream.Expose("u1", "control");
        stream.KeyId = "2026-04";
        stream.Expose("u1", "control");
        Assert.Equal((2, 1, "2026-04"), (stream.Status.Run, stream.Status.Subjects, stream.Status.PseudonymKeyId));

        // Hosts change their key one after the other: the runs of both keys go on, and the new one is shown.
        stream.KeyId = "2026-03";
        stream.Expose("u1", "control");
        Assert.Equal((2, 1), (stream.Status.Run, stream.Status.Subjects));
        stream.KeyId = "2026-04";
        stream.Expose("u2", "control");
        Assert.Equal((2, 2), (stream.Status.Run, stream.Status.Subjects));
    }

    [Fact]
    public void An_exposure_of_a_known_subject_allocates_nothing()
    {
        var stream = new MonitoredStream().Declare();
        var envelope = Envelope();
        for (var exposure = 0; exposure < 1_000; exposure++)
        {
            stream.Monitor.Observe(envelope, MonitoredStream.Start);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var exposure = 0; exposure < 10_000; exposure++)
        {
            stream.Monitor.Observe(envelope, MonitoredStream.Start);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Exposures_of_a_variant_without_a_weight_are_shown_by_their_reason()
    {
        var stream = new MonitoredStream().Declare();
        stream.ExposeMany(100);
        stream.Expose("x", "c");
        stream.Expose("x", "c");

        Assert.Equal((2, 100), (stream.Status.Excluded["no-weight"], stream.Status.Subjects));
    }

    [Fact]
    public void Subjects_of_a_variant_without_a_weight_are_left_out_once_the_weights_are_declared()
    {
        var stream = new MonitoredStream();
        stream.ExposeMany(100);
        stream.Expose("x", "c");
        Assert.Equal(101, stream.Status.Subjects);

        stream.Declare();

        Assert.Equal((1, 100), (stream.Status.Excluded["no-weight"], stream.Status.Subjects));
        Assert.DoesNotContain(stream.Status.Allocations.Single().Variants, variant => variant.Key == "c");
    }

    [Fact]
    public void New_weights_are_a_start_from_the_first_subject_that_is_counted_under_them()
    {
        var stream = new MonitoredStream().Declare().Declare("v2", ("control", 9), ("b", 1));
        stream.ExposeMany(100);
        stream.Expose("s1", "control", "v2");
        Assert.Empty(Starts());

        stream.Now += TimeSpan.FromMinutes(5);
        stream.Expose("new", "control", "v2");
        stream.Expose("newer", "control", "v2");

        Assert.Equal([(StartCause.AllocationVersion, stream.Now)], Starts());

        IEnumerable<(StartCause Cause, DateTimeOffset Time)> Starts() =>
            stream.Monitor.Read(static (experiment, _) => experiment.CurrentRun!.Starts.All).Single().Select(static start => (start.Cause, start.Time));
    }

    private static DataPlaneEnvelope Envelope() => new()
    {
        EventId = Guid.NewGuid(),
        Timestamp = MonitoredStream.Start,
        EventType = DataPlaneEventType.Exposure,
        SchemaVersion = "1.0.0",
        Payload = new ExposureEvent
        {
            ExperimentName = MonitoredStream.Experiment,
            Timestamp = MonitoredStream.Start,
            VariantKey = "b",
            SubjectId = "user-1",
            SubjectType = "user",
            TenantId = "acme",
            AllocationVersion = MonitoredStream.Version,
            SelectionReason = SelectionReasons.HashAssignment,
        },
    };

    [Fact]
    public void A_subject_is_counted_once_in_a_segment_that_is_named_twice()
    {
        Assert.Equal(OfSegments("country"), OfSegments("country", "country"));
        Assert.Equal(OfSegments(), OfSegments("tenant"));

        static double OfSegments(params string[] attributes)
        {
            var options = new ExperimentMonitorOptions();
            foreach (var attribute in attributes)
            {
                options.SegmentAttributes.Add(attribute);
            }

            var stream = new MonitoredStream(options).Declare();
            for (var subject = 0; subject < 1_000; subject++)
            {
                stream.Expose("s" + subject, subject % 20 < 11 ? "b" : "control", change: static exposure => exposure with
                {
                    TenantId = "acme",
                    Attributes = new Dictionary<string, object?> { ["country"] = "DE", ["tenant"] = "acme" },
                });
            }

            stream.Evaluate();
            return stream.Status.LogEvidence;
        }
    }
}
