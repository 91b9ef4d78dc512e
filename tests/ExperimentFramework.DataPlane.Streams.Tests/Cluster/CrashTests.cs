using ExperimentFramework.DataPlane.Kafka.Tests;
using ExperimentFramework.DataPlane.Science;
using ExperimentFramework.DataPlane.Science.Tests;

namespace ExperimentFramework.DataPlane.Streams.Tests;

/// <summary>Instances that end, or stand still, between two things that belong together.</summary>
public sealed class CrashTests
{
    private const int NotEnoughReplicas = 19;

    [Fact(Timeout = 10 * 60_000)]
    public async Task An_alarm_that_is_in_the_state_but_not_in_the_topic_of_signals_is_sent_after_a_crash()
    {
        await using var cluster = await KafkaCluster.StartAsync();
        await using var topic = await MonitoredTopic.CreateAsync(cluster);
        await topic.PublishAsync(ArrivingStream.Generate(100));
        await using (var first = MonitorInstance.Start(cluster, topic.Name))
        {
            await topic.ReadAsync(TestContext.Current.CancellationToken);
            await cluster.RefuseTopicAsync(topic.SignalsTopic, NotEnoughReplicas);
            await topic.PublishAsync(ArrivingStream.Generate(2_000, lossOfB: 0.4));
            await Eventually.Holds(() => topic.Load(ArrivingStream.Experiment)?.State == ExperimentState.SampleRatioMismatch, static () => Task.Delay(500, TestContext.Current.CancellationToken));
            await first.KillAsync();
        }

        await cluster.RefuseTopicAsync(topic.SignalsTopic, 0);
        Assert.DoesNotContain(topic.Signals(), IsAlarm);
        var kept = topic.Load(ArrivingStream.Experiment)!.Outbox.Take(0).Single(IsAlarm);
        await using var second = MonitorInstance.Start(cluster, topic.Name);

        await Eventually.Holds(() => topic.Signals().Any(IsAlarm), static () => Task.Delay(500, TestContext.Current.CancellationToken));
        Assert.Equal([kept.EventId], topic.Signals().Where(IsAlarm).Select(static alarm => alarm.EventId).Distinct());
        await second.StopAsync();
    }

    [Fact(Timeout = 10 * 60_000)]
    public async Task An_instance_that_stands_still_for_longer_than_it_may_loses_its_partitions_says_so_and_comes_back_with_the_same_counts()
    {
        await using var cluster = await KafkaCluster.StartAsync();
        await using var topic = await MonitoredTopic.CreateAsync(cluster);
        var arrived = ArrivingStream.Generate(3_000, lossOfB: 0.3);
        var third = arrived.Count / 3;
        await using var frozen = MonitorInstance.Start(cluster, topic.Name, settings: "max.poll.interval.ms=6000");
        await topic.PublishAsync(arrived.Take(third));
        await topic.ReadAsync(TestContext.Current.CancellationToken);
        await frozen.FreezeAsync();

        await topic.PublishAsync(arrived.Skip(third).Take(third));
        await using var other = MonitorInstance.Start(cluster, topic.Name);
        await topic.ReadAsync(TestContext.Current.CancellationToken);
        await frozen.ThawAsync();
        await Eventually.Holds(() => HasLostItsPartitions(frozen.Output), static () => Task.Delay(500, TestContext.Current.CancellationToken));

        // It has to have come back, because nobody else is left.
        await other.KillAsync();
        await topic.PublishAsync(arrived.Skip(2 * third));

        var expected = AssignedSubjects.Of(AssignedSubjects.FirstOf(arrived));
        await Eventually.Holds(() => topic.Load(ArrivingStream.Experiment) is { } state && state.Subjects == expected.Values.Sum(), static () => Task.Delay(500, TestContext.Current.CancellationToken));
        var experiment = topic.Load(ArrivingStream.Experiment)!;
        Assert.Equal(expected, experiment.Counts.ToDictionary(static count => (count.Version, count.Variant), static count => count.Subjects));
        Assert.Equal((1, ExperimentState.SampleRatioMismatch), (experiment.Run, experiment.State));
        await frozen.StopAsync();
    }

    [Fact(Timeout = 10 * 60_000)]
    public async Task After_the_changelog_of_the_experiments_is_lost_subjects_and_weights_come_again_and_the_loss_is_logged()
    {
        await using var cluster = await KafkaCluster.StartAsync();
        await using var topic = await MonitoredTopic.CreateAsync(cluster);
        var arrived = ArrivingStream.Generate(2_000, lossOfB: 0.3);
        await topic.PublishAsync(arrived);
        await using (var first = MonitorInstance.Start(cluster, topic.Name))
        {
            await topic.ReadAsync(TestContext.Current.CancellationToken);
            await first.StopAsync();
        }

        topic.Lose(topic.ExperimentsChangelog);
        Assert.Null(topic.Load(ArrivingStream.Experiment));
        await using var second = MonitorInstance.Start(cluster, topic.Name);

        var expected = AssignedSubjects.FirstOf(arrived).Count;
        await Eventually.Holds(
            () => topic.Load(ArrivingStream.Experiment) is { State: ExperimentState.SampleRatioMismatch } state && state.Subjects == expected, static () => Task.Delay(500, TestContext.Current.CancellationToken));
        Assert.Contains("The state of the coordinators of partition", second.Output, StringComparison.Ordinal);
        await second.StopAsync();
    }

    /// <summary>The engine says it in other words if it notices first.</summary>
    private static bool HasLostItsPartitions(string output) =>
        output.Contains("did not answer its brokers in time", StringComparison.Ordinal) || output.Contains("missed a rebalance", StringComparison.Ordinal) || output.Contains("maximum poll interval", StringComparison.OrdinalIgnoreCase);

    private static bool IsAlarm(DataPlaneEnvelope signal) => signal.Payload is AnalysisSignalEvent { SignalType: AnalysisSignalType.SampleRatioMismatch, Severity: SignalSeverity.Error };
}
