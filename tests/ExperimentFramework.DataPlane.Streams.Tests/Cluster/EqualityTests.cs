using System.Diagnostics;
using ExperimentFramework.DataPlane.Kafka.Tests;
using ExperimentFramework.DataPlane.Science;
using ExperimentFramework.DataPlane.Science.Tests;

namespace ExperimentFramework.DataPlane.Streams.Tests;

/// <summary>The monitor in a process and the instances of the monitor over a topic count the same subjects, although partitions move in the middle and an instance is killed.</summary>
public sealed class EqualityTests
{
    private static readonly int Subjects = Simulation.Runs(20_000, 1_000_000);

    [Theory(Timeout = 60 * 60_000)]
    [InlineData(0, ExperimentState.Healthy)]
    [InlineData(0.2, ExperimentState.SampleRatioMismatch)]
    public async Task A_process_and_instances_of_which_one_joins_and_another_is_killed_count_the_same_subjects_and_come_to_the_same_verdict(double lossOfB, ExperimentState expected)
    {
        var arrived = ArrivingStream.Generate(Subjects, lossOfB);
        var began = Stopwatch.GetTimestamp();
        await using var cluster = await KafkaCluster.StartAsync();
        await using var topic = await MonitoredTopic.CreateAsync(cluster);
        var experiment = await CountAsync(cluster, topic, arrived, TestContext.Current.CancellationToken);
        var elapsed = Stopwatch.GetElapsedTime(began);

        // A slot of the process has fewer bits of a subject's hash than a key of the store, so a few subjects may be one to it.
        var subjects = AssignedSubjects.FirstOf(arrived);
        var slots = AssignedSubjects.FirstOf(arrived, AssignedSubjects.SlotOf);
        var all = Watch(arrived, maxSlots: 1 << 21);
        Assert.True(topic.KeepsAllSubjects(), "The brokers of the test have forgotten subjects.");
        Assert.Equal(AssignedSubjects.Of(subjects), experiment.Counts.ToDictionary(static count => (count.Version, count.Variant), static count => count.Subjects));
        Assert.Equal(AssignedSubjects.Of(slots), AssignedSubjects.Of(all));

        var (whole, few) = (Assert.Single(all.GetExperiments()), Assert.Single(Watch(arrived, maxSlots: 4_096).GetExperiments()));
        Assert.Equal((1, 1), (whole.CountedShare, experiment.Run));
        Assert.True(few.CountedShare < 1, "Everything fitted.");
        Assert.Equal((expected, expected, expected), (whole.State, few.State, experiment.State));
        Assert.Equal(expected != ExperimentState.Healthy, topic.Signals().Any(static signal => signal.Payload is AnalysisSignalEvent { SignalType: AnalysisSignalType.SampleRatioMismatch, Severity: SignalSeverity.Error }));

        // What was read again after the crash may add a move of a subject that has come back to its first weights.
        Assert.InRange(experiment.Moves.Crossovers - whole.Crossovers, -(subjects.Count - slots.Count), Subjects / 1_000);
        Assert.InRange(experiment.Moves.Explained - whole.ExplainedMoves, -(subjects.Count - slots.Count), Subjects / 1_000);
        Simulation.Report(
            $"{arrived.Count:N0} events, {subjects.Count:N0} subjects, {subjects.Count - slots.Count} of which share a slot in the process with another one; {experiment.Moves.Crossovers:N0} crossovers over the topic and {whole.Crossovers:N0} in the process; read in {elapsed.TotalSeconds:F0} s, with a joining instance and a kill.");
    }

    private static async Task<CoordinatedExperiment> CountAsync(KafkaCluster cluster, MonitoredTopic topic, IReadOnlyList<DataPlaneEnvelope> arrived, CancellationToken cancellationToken)
    {
        var third = arrived.Count / 3;
        await using var first = MonitorInstance.Start(cluster, topic.Name);
        await topic.PublishAsReadAsync(arrived.Take(third));
        await topic.ReadAsync(cancellationToken);
        var alone = topic.Sessions();

        // It has counted alone until now, and shares its partitions with their stores from now on.
        await using var second = MonitorInstance.Start(cluster, topic.Name);
        await topic.PublishAsReadAsync(arrived.Skip(third).Take(third / 2));
        await Eventually.Holds(() => topic.Sessions().Except(alone).Any(), () => Task.Delay(200, cancellationToken));
        await topic.PublishAsReadAsync(arrived.Skip(third + (third / 2)).Take(third / 2));
        await first.KillAsync();
        await topic.PublishAsReadAsync(arrived.Skip(third + (third / 2 * 2)));

        await topic.ReadAsync(cancellationToken);
        var expected = AssignedSubjects.FirstOf(arrived).Count;
        await Eventually.Holds(() => topic.Load(ArrivingStream.Experiment)?.Subjects >= expected, () => Task.Delay(500, cancellationToken));
        await second.StopAsync();
        return topic.Load(ArrivingStream.Experiment)!;
    }

    private static ExperimentMonitor Watch(IEnumerable<DataPlaneEnvelope> arrived, int maxSlots)
    {
        var monitor = new ExperimentMonitor(new ExperimentMonitorOptions { MaxSubjectSlots = maxSlots });
        foreach (var envelope in arrived)
        {
            monitor.Observe(envelope, ArrivingStream.Begin);
        }

        monitor.Evaluate(ArrivingStream.Begin);
        return monitor;
    }
}
