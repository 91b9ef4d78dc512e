namespace ExperimentFramework.DataPlane.Science.Tests;

/// <summary>Read-outs by what is known before the assignment.</summary>
public sealed class SegmentReadOutTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_segment_has_the_values_of_its_subjects_an_interval_and_no_verdict()
    {
        var stream = Stream();
        Expose(stream, "DE", 400, converted: 40, ofB: 160);
        Expose(stream, "FR", 400, converted: 40, ofB: 40);
        Close(stream);

        var readOut = stream.ReadOut("purchase");

        Assert.Equal(["subjectType=user", "country=DE", "country=FR"], readOut.Segments.Select(static segment => segment.Name));
        var (de, fr) = (readOut.Segments[1].Variants.Single(IsB), readOut.Segments[2].Variants.Single(IsB));
        var expected = ConversionRatio.Evaluate([new ConversionStratum(40, 160, 1, 1)], readOut.Alpha);
        Assert.Equal((400, 160L, 0.4), (de.Subjects, de.Conversions, de.Mean));
        Assert.Equal((expected.Ratio - 1, expected.Lower - 1, expected.LogPValue), (de.Comparison!.Lift!.Estimate, de.Comparison.Lift.Lower!.Value, de.Comparison.LogPValue!.Value));
        Assert.True(fr.Comparison!.Lift!.Lower < 0 && fr.Comparison.Lift.Upper > 0);
        Assert.All(readOut.Segments.SelectMany(static segment => segment.Variants), static variant => Assert.True(variant.Comparison is null or { Verdict: ReadOutVerdict.None }));
        Assert.Equal(3 * readOut.Alpha, readOut.ExpectedFalseSegments, 1e-12);
        Assert.Equal(ReadOutVerdict.Higher, readOut.Of("b").Comparison!.Verdict);
    }

    [Fact]
    public void The_first_32_values_have_a_segment_each_and_the_others_one_together()
    {
        var stream = Stream();
        for (var country = 0; country < 40; country++)
        {
            Expose(stream, "c" + country, 10, converted: 3, ofB: 5, type: null);
        }

        Close(stream);

        var segments = stream.ReadOut("purchase").Segments;
        Assert.Equal([.. Enumerable.Range(0, 32).Select(static country => "country=c" + country), "other"], segments.Select(static segment => segment.Name));
        Assert.Equal((true, 80, 40L), (segments[^1].IsRest, segments[^1].Variants.Single(IsB).Subjects, segments[^1].Variants.Single(IsB).Conversions));
    }

    [Fact]
    public void A_subject_stays_in_the_segments_of_its_first_exposure()
    {
        var stream = Stream();
        Expose(stream, "DE", 5, converted: 0, ofB: 0);
        Expose(stream, "FR", 5, converted: 5, ofB: 5, prefix: "DE");
        Close(stream);

        var segment = Assert.Single(stream.ReadOut("purchase").Segments, static segment => segment.Name.StartsWith("country", StringComparison.Ordinal));
        Assert.Equal(("country=DE", 5L), (segment.Name, segment.Variants.Single(IsB).Conversions));
    }

    [Fact]
    public void Versions_of_the_weights_are_compared_within_themselves_in_a_segment_too()
    {
        var stream = Stream().Declare("v2", ("control", 1), ("b", 9));
        Expose(stream, "DE", 400, converted: 40, ofB: 40);
        for (var subject = 0; subject < 1_000; subject++)
        {
            var isB = subject % 10 != 0;
            var id = "ramp" + subject;
            stream.Expose(id, isB ? "b" : "control", "v2", static exposure => exposure with { Attributes = new Dictionary<string, object?> { ["country"] = "DE" } });
            if (subject / 10 % 2 == 0)
            {
                stream.Measure(id, "purchase", 1);
            }
        }

        Close(stream);

        var b = stream.ReadOut("purchase").Segments.Single(static segment => segment.Name == "country=DE").Variants.Single(IsB);
        Assert.Equal((0.0, 2), (b.Comparison!.Lift!.Estimate, b.Comparison.Versions), new Nearly());
        Assert.True(b.Mean > 0.35);
    }

    [Fact]
    public void Outcomes_of_calls_have_segments_without_any_set_up()
    {
        var stream = new MonitoredStream().Declare();
        for (var subject = 0; subject < 100; subject++)
        {
            var tenant = subject % 4 < 2 ? "acme" : "zenith";
            stream.Expose("s" + subject, subject % 2 == 0 ? "control" : "b", change: exposure => exposure with { TenantId = tenant });
            stream.End("s" + subject, subject % 4 == 1 ? OutcomeResult.Failure : OutcomeResult.Success, change: outcome => outcome with { TenantId = tenant });
        }

        var segments = stream.ReadOut("QuoteAsync", MetricSource.OutcomeFailure).Segments;

        Assert.Equal([("tenant=acme", 25L), ("tenant=zenith", 0L)], segments.Select(static segment => (segment.Name, segment.Variants.Single(IsB).Conversions!.Value)));
    }

    [Fact]
    public void While_the_split_is_broken_segments_show_no_comparison_either()
    {
        var stream = Stream();
        Expose(stream, "DE", 400, converted: 40, ofB: 160);
        stream.ExposeMany(4_000, shareOfB: 0.3);
        Close(stream);

        var b = stream.ReadOut("purchase").Segments.Single(static segment => segment.Name == "country=DE").Variants.Single(IsB);

        Assert.Equal((ReadOutState.Untrustworthy, null, null), (b.Comparison!.State, b.Comparison.Lift, b.Comparison.LogPValue));
        Assert.Equal(0, stream.ReadOut("purchase").ExpectedFalseSegments);
    }

    [Fact]
    public void Segments_survive_a_restart_with_open_windows_and_without()
    {
        var stream = Stream();
        Expose(stream, "DE", 100, converted: 20, ofB: 30);
        Close(stream);
        Expose(stream, "FR", 100, converted: 10, ofB: 5);
        var file = new MonitorSnapshotFile(_folder.File("monitor"), Options, [Plan]);
        file.Write(stream.Monitor);
        var (monitor, fault) = file.Read();
        Assert.Null(fault);
        var restored = new MonitoredStream(monitor) { Now = stream.Now };

        Close(stream);
        Close(restored);

        Assert.Equivalent(stream.ReadOut("purchase"), restored.ReadOut("purchase"), strict: true);
        Assert.Equal(5, restored.ReadOut("purchase").Segments.Single(static segment => segment.Name == "country=FR").Variants.Single(IsB).Conversions);
    }

    private static ExperimentMonitorOptions Options => new() { SegmentAttributes = { "country" } };

    private static AnalysisPlan Plan => MeasuredStream.Plan(MeasuredStream.Metric("purchase", MetricAggregation.Any, baseline: 0.05));

    private static MonitoredStream Stream() => new MonitoredStream(new ExperimentMonitor(Options, [Plan])).Declare();

    private static bool IsB(VariantReadOut variant) => variant.Key == "b";

    private static void Expose(MonitoredStream stream, string country, int eachVariant, int converted, int ofB, string? prefix = null, string? type = "user")
    {
        for (var subject = 0; subject < 2 * eachVariant; subject++)
        {
            var isB = subject % 2 == 1;
            var id = (prefix ?? country) + subject;
            stream.Expose(id, isB ? "b" : "control", change: exposure => exposure with { SubjectType = type, Attributes = new Dictionary<string, object?> { ["country"] = country } });
            if (subject / 2 < (isB ? ofB : converted))
            {
                stream.Measure(id, "purchase", 1, metric => metric with { SubjectType = type });
            }
        }
    }

    private static void Close(MonitoredStream stream)
    {
        stream.Now += TimeSpan.FromHours(1);
        stream.Monitor.Evaluate(stream.Now);
    }

    private sealed class Nearly : IEqualityComparer<(double Lift, int Versions)>
    {
        public bool Equals((double Lift, int Versions) x, (double Lift, int Versions) y) => Math.Abs(x.Lift - y.Lift) < 1e-9 && x.Versions == y.Versions;

        public int GetHashCode((double Lift, int Versions) obj) => obj.Versions;
    }
}
