using System.Globalization;

namespace ExperimentFramework.DataPlane.Science.Tests;

public sealed class BoundedTalliesTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Exposures_of_the_33rd_sampling_rate_and_of_impossible_ones_are_counted_together()
    {
        var tallies = new ExposureTallies();

        for (var rate = 1; rate <= 34; rate++)
        {
            tallies.Add(Exposure("a", rate / 100.0), new VariantList());
        }

        tallies.Add(Exposure("a", double.NaN), new VariantList());
        tallies.Add(Exposure("a", 0.05), new VariantList());

        Assert.Equal((32, 2, 3), (tallies.Rates.Count, tallies.Rates[0.05], tallies.OtherRates));
    }

    [Fact]
    public void Exposures_of_the_33rd_reason_are_counted_under_other()
    {
        var tallies = new ExposureTallies();

        for (var reason = 0; reason < 40; reason++)
        {
            tallies.AddReason("reason-" + reason.ToString(CultureInfo.InvariantCulture));
        }

        tallies.AddReason("reason-3");

        Assert.Equal((33, 8, 2), (tallies.Reasons.Count, tallies.Reasons[ExposureTallies.OtherReasons], tallies.Reasons["reason-3"]));
    }

    [Fact]
    public void Neither_known_subjects_nor_new_ones_of_known_segments_allocate()
    {
        var monitor = new ExperimentMonitor(new ExperimentMonitorOptions { SegmentAttributes = { "country" } });
        var known = Batch(0, 500);
        var others = Batch(500, 10);
        monitor.Observe(known, Start);

        var before = GC.GetAllocatedBytesForCurrentThread();
        monitor.Observe(known, Start);
        monitor.Observe(others, Start);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(0, allocated);
        Assert.Equal(510, monitor.GetExperiments()[0].SubjectsHeld);
    }

    private static DataPlaneEnvelope[] Batch(int first, int count) =>
        [.. Enumerable.Range(first, count).Select(static subject => Envelope(Exposure("user-" + subject.ToString(CultureInfo.InvariantCulture), 1)))];

    private static ExposureEvent Exposure(string subject, double rate) => new()
    {
        ExperimentName = "checkout",
        Timestamp = Start,
        VariantKey = "control",
        SubjectId = subject,
        SubjectType = "user",
        TenantId = "acme",
        AllocationVersion = "v1",
        SelectionReason = SelectionReasons.HashAssignment,
        SamplingRate = rate,
        Attributes = new Dictionary<string, object?> { ["country"] = "de" },
    };

    private static DataPlaneEnvelope Envelope(DataPlaneEvent payload) => new()
    {
        EventId = new Guid(1, 0, 0, [0x80, 0, 0, 0x0A, 0x1B, 0x2C, 0x3D, 0x4E]),
        Timestamp = payload.Timestamp,
        EventType = payload.EventType,
        SchemaVersion = payload.SchemaVersion,
        Payload = payload,
    };
}
