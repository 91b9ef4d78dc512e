namespace ExperimentFramework.DataPlane.Science.Tests;

/// <summary>How soon a split is found that breaks late, or in one segment: the medians that starts and segments were designed for.</summary>
public sealed class DetectionSimulations
{
    private const int StartEvery = 50_000;

    // Medians after the onset, with a start every 50,000 subjects.
    public static TheoryData<double, int, double> LateBreaks => new()
    {
        { 0.51, 0, 35_600 },
        { 0.51, 500_000, 59_400 },
        { 0.51, 1_000_000, 63_600 },
        { 0.55, 1_000_000, 6_400 },
    };

    // Medians of the subjects of all segments, of which one is broken.
    public static TheoryData<int, double, double> BrokenSegments => new()
    {
        { 20, 0.55, 41_700 },
        { 20, 0.6, 11_500 },
        { 10, 1, 600 },
    };

    [Theory]
    [MemberData(nameof(LateBreaks))]
    public void A_split_that_breaks_late_is_found_as_fast_as_designed(double share, int onset, double expectedMedian)
    {
        var random = new Random(20268);
        var (runs, step) = (Simulation.Runs(200, 2_000), (int)(expectedMedian / 200));
        var found = new List<int>(runs);
        for (var run = 0; run < runs; run++)
        {
            var counted = Create();
            for (var subjects = 0; subjects < onset; subjects += StartEvery)
            {
                Start(counted, subjects);
                Add(counted, random, StartEvery, 0.5);
            }

            // Without segments half of E stands on 1; the design is of the other half.
            var after = 0;
            var evidence = SampleRatioEvidence.Create();
            do
            {
                if (after / StartEvery != (after - step) / StartEvery || after == 0)
                {
                    Start(counted, onset + after);
                }

                Add(counted, random, step, share);
                after += step;
            }
            while (evidence.Compute(counted) < Math.Log(50.5));

            found.Add(after);
        }

        var median = Simulation.Median(found);
        Simulation.Report($"| {share:P0} after {onset:N0} | {runs:N0} | {median:N0} | {expectedMedian:N0} |");

        // A start at the very moment of the break, as here, finds a large one sooner than the design, which looked at fewer moments.
        Assert.True(median <= 1.15 * expectedMedian, $"{median} subjects");
    }

    [Theory]
    [MemberData(nameof(BrokenSegments))]
    public void A_split_that_is_broken_in_one_segment_is_found_as_fast_as_designed_and_named(int segments, double share, double expectedMedian)
    {
        var random = new Random(20269);
        var (runs, step) = (Simulation.Runs(200, 2_000), (int)(expectedMedian / 200));
        var found = new List<int>(runs);
        var (named, wrong) = (0, 0);
        for (var run = 0; run < runs; run++)
        {
            var counted = Create();
            VersionedCounts[] counts = [.. Enumerable.Range(0, segments).Select(static _ => new VersionedCounts())];
            for (var segment = 0; segment < segments; segment++)
            {
                counts[segment].Set(0, new long[2]);
                counted.Segments.Add("tenant=" + segment, counts[segment]);
            }

            var subjects = 0;
            var evidence = SampleRatioEvidence.Create();
            do
            {
                var left = step;
                for (var segment = 0; segment < segments; segment++)
                {
                    var drawn = segment == segments - 1 ? left : (int)Simulation.Binomial(random, left, 1.0 / (segments - segment));
                    var ofControl = Simulation.Binomial(random, drawn, segment == 0 ? share : 0.5);
                    Set(counts[segment], ofControl, drawn - ofControl);
                    Set(counted.Counts, ofControl, drawn - ofControl);
                    left -= drawn;
                }

                subjects += step;
            }
            while (evidence.Compute(counted) < Math.Log(100));

            found.Add(subjects);
            var broken = evidence.BrokenSegments(counted, 0.01);
            named += broken.Any(static segment => segment.Name == "tenant=0") ? 1 : 0;
            wrong += broken.Any(static segment => segment.Name != "tenant=0") ? 1 : 0;
        }

        var median = Simulation.Median(found);
        Simulation.Report($"| {segments} segments, one at {share:P0} | {runs:N0} | {median:N0} | {expectedMedian:N0} | named {named / (double)runs:P1}, another one {wrong / (double)runs:P1} |");
        Assert.InRange(median, 0.85 * expectedMedian, 1.15 * expectedMedian);
        Assert.True(named >= 0.95 * runs && wrong <= Simulation.Allowed(0.01, runs) * runs);
    }

    private static MonitorRun Create()
    {
        var run = new MonitorRun(1, null, MonitoredStream.Start, new SubjectTable(SubjectTable.MinSlots));
        run.AddVersion("v1", null);
        run.Declare("v1", AllocationPlan.TryCreate([0, 1], [1, 1])!);
        run.Counts.Set(0, new long[2]);
        return run;
    }

    private static void Start(MonitorRun run, int subjects)
    {
        if (subjects > 0)
        {
            run.Starts.Add(MonitoredStream.Start.AddSeconds(subjects), StartCause.Day, run.Counts);
        }
    }

    private static void Add(MonitorRun run, Random random, int subjects, double share)
    {
        var ofControl = Simulation.Binomial(random, subjects, share);
        Set(run.Counts, ofControl, subjects - ofControl);
    }

    private static void Set(VersionedCounts counts, long ofControl, long ofB) => counts.Set(0, [counts[0][0] + ofControl, counts[0][1] + ofB]);
}
