namespace ExperimentFramework.DataPlane.Science.Tests;

public sealed class OutcomeStreamTests : IDisposable
{
    private static readonly AnalysisPlan Plan = MeasuredStream.Plan(
        MeasuredStream.Metric("purchase", MetricAggregation.Any),
        MeasuredStream.Metric("revenue", MetricAggregation.Sum, hours: 3, cap: 100),
        MeasuredStream.Metric("visits", MetricAggregation.Count, hours: 0.25),
        MeasuredStream.Metric("time", MetricAggregation.Mean, hours: 2, scale: MetricScale.Logarithmic));

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Sums_are_those_of_a_reader_that_keeps_every_event(int seed)
    {
        var naive = new NaiveOutcomes(Plan);
        var monitor = Monitor();
        var now = Replay(Events(seed), (each, _) =>
        {
            naive.Observe(each.Payload, each.Id, each.Now);
            Observe(monitor, each);
        });
        monitor.Evaluate(now);

        var run = RunOf(monitor, out var experiment);
        foreach (var ((name, version, variant), values) in naive.At(now))
        {
            var metric = run.Outcomes.Metrics.Single(metric => metric.Plan.Name == name);
            Assert.True(run.TryGetVersion(version, out var index));
            var sums = metric.Sums[index, experiment.VariantOf(variant)];
            Assert.Equal(values.Count, sums.Count);
            Assert.Equal(values.Average(), sums.Mean, 1e-12 * Math.Max(1, Math.Abs(values.Average())));
            var m2 = values.Sum(value => Math.Pow(value - values.Average(), 2));
            Assert.Equal(m2, sums.M2, 1e-9 * Math.Max(1, m2));
        }

        Assert.Equal(naive.At(now).Where(static entry => entry.Key.Metric == "revenue").Sum(static entry => entry.Value.Count), monitor.GetReadOuts(MonitoredStream.Experiment).Single(static each => each.Name == "revenue").Mature);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Evaluations_duplicates_and_restores_in_the_middle_change_no_sum(int seed)
    {
        var whole = Monitor();
        var events = Events(seed);
        var now = Replay(events, (each, _) => Observe(whole, each));
        whole.Evaluate(now);

        var chunked = Monitor();
        var random = new Random(seed);
        var file = new MonitorSnapshotFile(_folder.File("monitor"), new ExperimentMonitorOptions(), [Plan]);
        Replay(events, (each, _) =>
        {
            Observe(chunked, each);
            switch (random.Next(200))
            {
                case 0:
                    chunked.Evaluate(each.Now);
                    break;
                case 1:
                    file.Write(chunked);
                    var (restored, fault) = file.Read();
                    Assert.Null(fault);
                    chunked = restored;
                    break;
                case < 20 when each.Payload is not MetricEvent { Value: double.NaN }:
                    Observe(chunked, each);
                    break;
                default:
                    break;
            }
        });
        chunked.Evaluate(now);

        var (expected, actual) = (RunOf(whole, out _), RunOf(chunked, out _));
        foreach (var metric in expected.Outcomes.Metrics)
        {
            var other = actual.Outcomes.Metrics.Single(other => other.Measures(metric.Plan));
            for (var version = 0; version < expected.Versions.Count; version++)
            {
                for (var variant = 0; variant < 4; variant++)
                {
                    Assert.Equal(metric.Sums[version, variant], other.Sums[version, variant]);
                }
            }

            Assert.Equal((metric.Late, metric.Invalid, metric.WithoutValue), (other.Late, other.Invalid, other.WithoutValue));
            Assert.True(other.Duplicates >= metric.Duplicates);
        }
    }

    [Fact]
    public void A_full_memory_forgets_by_hash_alone_and_keeps_whoever_is_mature()
    {
        var monitor = new ExperimentMonitor(new ExperimentMonitorOptions { MaxImmatureSubjects = 1_024 }, [Plan]);
        var stream = new MonitoredStream(monitor).Declare();
        stream.ExposeMany(800, prefix: "early");
        stream.Now += TimeSpan.FromHours(4);
        stream.Evaluate();
        var random = new Random(4);
        for (var subject = 0; subject < 20_000; subject++)
        {
            stream.Expose("s" + subject, random.Next(2) == 0 ? "b" : "control");
            stream.Measure("s" + subject, "purchase", 1);
        }

        Assert.True(RunOf(monitor, out _).Outcomes.Windows.Bytes < 1_024 * 128);
        stream.Now += TimeSpan.FromHours(4);
        stream.Evaluate();

        var readOut = stream.ReadOut("purchase");
        Assert.Equal(1 / 32.0, readOut.CollectedShare);
        Assert.InRange(readOut.Mature - 800, 500, 1_024);
        Assert.Equal(readOut.Mature - 800, readOut.Variants.Sum(static variant => variant.Conversions));
        Assert.InRange(readOut.Of("b").Conversions!.Value / (readOut.Mature - 800.0), 0.42, 0.58);
    }

    [Fact]
    public void A_metric_of_a_known_subject_and_one_that_nobody_planned_allocate_nothing()
    {
        var stream = new MonitoredStream(Monitor()).Declare();
        var envelopes = Enumerable.Range(0, 4_000).Select(number => Envelope(new MetricEvent
        {
            ExperimentName = "*",
            Timestamp = MonitoredStream.Start,
            MetricName = number % 2 == 0 ? "revenue" : "other",
            Value = number,
            SubjectId = "s" + (number % 100),
        })).ToArray();
        var exposures = Enumerable.Range(0, 3_000).Select(number => Envelope(new ExposureEvent
        {
            ExperimentName = MonitoredStream.Experiment,
            Timestamp = MonitoredStream.Start,
            VariantKey = "b",
            SubjectId = "s" + number,
            AllocationVersion = MonitoredStream.Version,
            SelectionReason = SelectionReasons.HashAssignment,
        })).ToArray();
        for (var index = 0; index < 2_100; index++)
        {
            stream.Monitor.Observe(exposures[index], MonitoredStream.Start);
            stream.Monitor.Observe(envelopes[index], MonitoredStream.Start);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var index = 2_100; index < 2_900; index++)
        {
            stream.Monitor.Observe(exposures[index % 2_100], MonitoredStream.Start);
            stream.Monitor.Observe(envelopes[index], MonitoredStream.Start);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Values_that_are_no_numbers_or_too_large_are_counted_as_invalid_and_spoil_nothing()
    {
        var stream = new MonitoredStream(Monitor()).Declare();
        stream.Expose("u1", "b");
        stream.Expose("u2", "b");
        foreach (var value in (double[])[double.NaN, double.PositiveInfinity, double.NegativeInfinity, 1e300, -1e300, double.Epsilon])
        {
            stream.Measure("u1", "revenue", value);
        }

        stream.Measure("u1", "time", -1);
        stream.Measure("u2", "time", 100);
        stream.Now += TimeSpan.FromHours(3);
        stream.Evaluate();

        Assert.Equal((5, 2), (stream.ReadOut("revenue").Invalid, stream.ReadOut("revenue").Mature));
        Assert.InRange(stream.ReadOut("revenue").Of("b").Mean!.Value, 0, 1e-300);
        Assert.Equal((1, 1), (stream.ReadOut("time").Invalid, stream.ReadOut("time").Mature));
        Assert.Equal(100, stream.ReadOut("time").Of("b").Mean!.Value, 1e-9);
    }

    [Fact]
    public void One_event_from_the_far_future_closes_no_window()
    {
        var stream = new MonitoredStream(Monitor()).Declare();
        stream.Expose("u1", "b");
        stream.Now += TimeSpan.FromDays(3_000);
        stream.Expose("u2", "b");
        stream.Now -= TimeSpan.FromDays(3_000) - TimeSpan.FromMinutes(5);
        stream.Measure("u1", "purchase", 1);
        stream.Now += TimeSpan.FromHours(1);
        stream.Expose("u3", "b");
        stream.Evaluate();

        Assert.Equal((1, 1L, 0), (stream.ReadOut("purchase").Mature, stream.ReadOut("purchase").Of("b").Conversions, stream.ReadOut("purchase").Late));
    }

    [Fact]
    public void A_metric_whose_window_has_closed_keeps_those_that_are_forgotten_while_another_window_is_open()
    {
        var monitor = new ExperimentMonitor(new ExperimentMonitorOptions { MaxImmatureSubjects = 1_024 }, [Plan]);
        var stream = new MonitoredStream(monitor).Declare();
        stream.ExposeMany(1_000, prefix: "first");
        stream.Now += TimeSpan.FromMinutes(30);
        stream.Evaluate();
        stream.ExposeMany(1_000, prefix: "second");
        stream.Now += TimeSpan.FromHours(4);
        stream.Evaluate();

        var windows = RunOf(monitor, out _).Outcomes.Windows;
        Assert.Equal(1, windows.Halvings);
        var hash = new SubjectHash(MonitoredStream.Experiment);
        int Held(string prefix) => Enumerable.Range(0, 1_000).Count(number => hash.Of(prefix + number, null, null) >> 63 == 0);
        Assert.Equal(1_000 + Held("second"), stream.ReadOut("visits").Mature);
        Assert.Equal(Held("first") + Held("second"), stream.ReadOut("purchase").Mature);
    }

    [Fact]
    public void Without_outcomes_only_the_latest_first_exposures_wait_and_no_more_than_eight_members_are_read_out()
    {
        var stream = new MonitoredStream(new ExperimentMonitor()).Declare();
        stream.ExposeMany(5_000);
        var calls = RunOf(stream.Monitor, out _).Outcomes.Calls;
        Assert.Equal(1_024, calls.Waiting);
        Assert.True(calls.Bytes < 64 * 1_024);

        for (var member = 0; member < 100; member++)
        {
            stream.End("s" + (4_999 - member), change: outcome => outcome with { OutcomeName = "Member" + member });
        }

        stream.End("s0");
        Assert.Equal((8 * 2, 92, 924), (stream.Status.ReadOuts.Count, calls.Ignored, calls.Waiting));
        Assert.Equal(1, calls.Metrics[0].Sums.CountOf(0, 0) + calls.Metrics[0].Sums.CountOf(0, 1));
    }

    private sealed record Arrival(DataPlaneEvent Payload, Guid Id, DateTimeOffset Now);

    private static ExperimentMonitor Monitor() => new(null, [Plan]);

    private static MonitorRun RunOf(ExperimentMonitor monitor, out MonitoredExperiment experiment)
    {
        experiment = monitor.Read(static (experiment, _) => experiment).Single();
        return experiment.CurrentRun!;
    }

    private static DateTimeOffset Replay(IReadOnlyList<Arrival> events, Action<Arrival, int> observe)
    {
        for (var index = 0; index < events.Count; index++)
        {
            observe(events[index], index);
        }

        return events[^1].Now + TimeSpan.FromMinutes(40);
    }

    private static void Observe(ExperimentMonitor monitor, Arrival each) => monitor.Observe(Envelope(each.Payload, each.Id), each.Now);

    private static DataPlaneEnvelope Envelope(DataPlaneEvent payload, Guid? id = null) => new()
    {
        EventId = id ?? Guid.NewGuid(),
        Timestamp = payload.Timestamp,
        EventType = payload.EventType,
        SchemaVersion = payload.SchemaVersion,
        Payload = payload,
    };

    /// <summary>Two versions of the weights that interleave, tenants, fallbacks, crossovers, repeats, late and duplicated values, conversions before the exposure and after the window.</summary>
    private static List<Arrival> Events(int seed)
    {
        var random = new Random(seed);
        List<(DateTimeOffset At, DataPlaneEvent Payload, Guid Id)> events = [];
        byte[] bytes = new byte[16];
        foreach (var version in (string[])["v1", "v2"])
        {
            events.Add((MonitoredStream.Start, new AnalysisSignalEvent
            {
                ExperimentName = MonitoredStream.Experiment,
                Timestamp = MonitoredStream.Start,
                SignalType = AnalysisSignalType.AllocationDeclared,
                Severity = SignalSeverity.Info,
                Message = "Declared.",
                Data = new Dictionary<string, object?> { ["allocationVersion"] = version, ["weight:control"] = version == "v1" ? 1.0 : 3.0, ["weight:b"] = 1.0 },
            }, NewId()));
        }

        for (var number = 0; number < 700; number++)
        {
            var subject = "s" + (number % 600);
            var tenant = number >= 600 ? "acme" : null;
            var first = MonitoredStream.Start + TimeSpan.FromSeconds(random.NextDouble() * 4 * 3_600);
            var exposures = 1 + random.Next(3);
            for (var exposure = 0; exposure < exposures; exposure++)
            {
                var isFallback = random.Next(20) == 0;
                var at = first + (exposure * TimeSpan.FromSeconds(random.NextDouble() * 3_600));
                var isB = (number + (random.Next(50) == 0 ? 1 : 0)) % 3 == 0;
                events.Add((at, new ExposureEvent
                {
                    ExperimentName = MonitoredStream.Experiment,
                    Timestamp = at,
                    VariantKey = isB && !isFallback ? "b" : "control",
                    AssignedVariantKey = isB && isFallback ? "b" : null,
                    SubjectId = subject,
                    TenantId = tenant,
                    AllocationVersion = random.Next(2) == 0 ? "v1" : "v2",
                    SelectionReason = SelectionReasons.HashAssignment,
                }, NewId()));
            }

            for (var value = random.Next(6); value > 0; value--)
            {
                var at = first + TimeSpan.FromSeconds((random.NextDouble() * 5 * 3_600) - 1_800);
                var metric = new MetricEvent
                {
                    ExperimentName = "*",
                    Timestamp = at,
                    MetricName = ((string[])["purchase", "revenue", "visits", "time", "other"])[random.Next(5)],
                    Value = random.Next(40) == 0 ? double.NaN : (random.NextDouble() * 80) - 5,
                    SubjectId = subject,
                    TenantId = tenant,
                    IdempotencyKey = random.Next(3) == 0 ? "k" + number + "-" + random.Next(2) : null,
                };
                var arrival = random.Next(5) == 0 ? at + TimeSpan.FromSeconds(random.NextDouble() * 3_600) : at;
                var id = NewId();
                events.Add((arrival, metric, id));
                if (random.Next(4) == 0)
                {
                    events.Add((arrival + TimeSpan.FromSeconds(random.NextDouble() * 600), metric, id));
                }
            }
        }

        return [.. events.OrderBy(static each => each.At).Select(static each => new Arrival(each.Payload, each.Id, each.At))];

        Guid NewId()
        {
            random.NextBytes(bytes);
            return new Guid(bytes);
        }
    }
}
