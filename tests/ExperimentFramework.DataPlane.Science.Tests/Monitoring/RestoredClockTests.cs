namespace ExperimentFramework.DataPlane.Science.Tests;

/// <summary>The clock by which the days of a run are counted is part of a snapshot.</summary>
public sealed class RestoredClockTests : IDisposable
{
    private static readonly ExperimentMonitorOptions Options = new() { MaxSubjectSlots = 4_096 };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Days_are_counted_after_a_restart_as_they_would_have_been_without_it()
    {
        var file = new MonitorSnapshotFile(_folder.File("monitor"), Options);
        var stream = new MonitoredStream(new ExperimentMonitor(Options)).Declare();
        stream.ExposeMany(300);
        stream.Now += TimeSpan.FromDays(25);
        stream.ExposeMany(300, prefix: "second");
        file.Write(stream.Monitor);
        var restored = new MonitoredStream(file.Read().Monitor) { Now = stream.Now };

        // Less than 31 days after the last subject, and more than that after the first one.
        foreach (var each in new[] { stream, restored })
        {
            each.Now += TimeSpan.FromDays(25);
            each.ExposeMany(2_000, lossOfB: 0.3, prefix: "third");
            each.Evaluate();
        }

        Assert.Equal(ExperimentState.SampleRatioMismatch, stream.Status.State);
        Assert.Equal(stream.Status.LogPValue, restored.Status.LogPValue);
    }
}
