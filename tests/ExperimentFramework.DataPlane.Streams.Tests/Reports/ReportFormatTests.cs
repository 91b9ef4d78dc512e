using System.Globalization;

namespace ExperimentFramework.DataPlane.Streams.Tests;

public sealed class ReportFormatTests
{
    [Fact]
    public void What_is_written_is_read()
    {
        var counter = CoordinatedStream.Counter();
        counter.Count(0, 50);
        counter.TryCount(Exposures.Of("u1", "b") with { TenantId = "t1", VariantBuild = Guid.NewGuid(), AssignedVariantKey = "control" }, "key", isKeyedBySubject: true);
        counter.TryCount(Exposures.Of(null, "b"), null, isKeyedBySubject: false);
        var report = counter.Report(3);

        var read = CoordinatorMessage.Read(CoordinatorMessage.ToBytes(report)).Report!;

        Assert.Equivalent(report, read, strict: true);
    }

    [Fact]
    public void A_report_of_4_096_versions_in_32_segments_goes_in_messages_that_brokers_take_and_is_counted_in_full()
    {
        var options = new ExperimentMonitorStreamsOptions();
        var counter = CoordinatedStream.Counter();
        var stream = new CoordinatedStream();
        for (var version = 0; version < 5_000; version++)
        {
            for (var subject = 0; subject < 2; subject++)
            {
                var name = string.Create(CultureInfo.InvariantCulture, $"{version}:{subject}");
                counter.TryCount(Exposures.Of(name, subject == 0 ? "b" : "control", $"version-{version:x16}") with { TenantId = $"tenant-{version % 31}" }, null, isKeyedBySubject: true);
            }
        }

        var report = counter.Report();
        var parts = ReportFormat.Split(report, MessageSize.OfReport(options)).ToArray();
        Assert.All(parts, part => Assert.True(CoordinatorMessage.ToBytes(part).Length < MessageSize.Largest(options) / 2));
        Assert.Equal(report.Runs[0].Counts.Count, parts.Sum(static part => part.Runs.Sum(static run => run.Counts.Count)));
        Assert.Equal([.. Enumerable.Repeat(false, parts.Length - 1), true], parts.Select(static part => part.IsComplete));
        Assert.Equal(4_096 * 2, report.Runs[0].Subjects);
        foreach (var part in parts)
        {
            stream.Merge(part);
        }

        var (own, partitions) = stream.Keep();
        Assert.True(own.Length < MessageSize.Largest(options) && partitions[0].Length < MessageSize.Largest(options), $"{own.Length} and {partitions[0].Length} bytes");
    }

    [Fact]
    public void The_state_of_64_partitions_32_tenants_and_a_ramp_of_four_versions_is_small()
    {
        var stream = new CoordinatedStream();
        for (var partition = 0; partition < 64; partition++)
        {
            var counter = CoordinatedStream.Counter();
            for (var subject = 0; subject < 1_000; subject++)
            {
                var name = string.Create(CultureInfo.InvariantCulture, $"{partition}:{subject}");
                counter.TryCount(Exposures.Of(name, subject % 2 == 0 ? "b" : "control", $"version-{subject % 4}") with { TenantId = $"tenant-{subject % 32}" }, null, isKeyedBySubject: true);
            }

            stream.Merge(counter.Report(partition));
        }

        var (own, partitions) = stream.Keep();
        Assert.True(own.Length < 50_000, $"{own.Length} bytes");
        Assert.All(partitions, static state => Assert.True(state.Length < 10_000, $"{state.Length} bytes"));
        Assert.Equal(64_000, stream.Experiment.Subjects);
    }

    [Fact]
    public void Versions_that_fill_the_bounds_of_a_report_are_excluded()
    {
        var counter = CoordinatedStream.Counter();
        for (var version = 0; version < 4_000; version++)
        {
            counter.TryCount(Exposures.Of($"{version}", "b", new string((char)0x4E00, 120) + version), null, isKeyedBySubject: true);
        }

        var report = counter.Report();
        Assert.True(report.Runs[0].Subjects < 1_000, $"{report.Runs[0].Subjects} subjects");
        Assert.Equal(4_000, report.Runs[0].Subjects + report.Tallies.Excluded[Science.MonitoredExperiment.TooManyVersions]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(30)]
    public void A_report_that_is_cut_is_refused(int length)
    {
        var counter = CoordinatedStream.Counter();
        counter.Count(0, 50);
        var bytes = CoordinatorMessage.ToBytes(counter.Report());

        Assert.Throws<InvalidDataException>(() => CoordinatorMessage.Read(bytes.AsSpan(0, length)));
        Assert.Throws<InvalidDataException>(() => CoordinatorMessage.Read(bytes.AsSpan(0, bytes.Length - 1)));
    }
}
