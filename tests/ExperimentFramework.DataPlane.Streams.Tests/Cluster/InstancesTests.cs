using System.Globalization;
using System.Text.RegularExpressions;
using ExperimentFramework.DataPlane.Kafka.Tests;
using ExperimentFramework.DataPlane.Science.Tests;

namespace ExperimentFramework.DataPlane.Streams.Tests;

/// <summary>Instances in processes of their own, on the brokers that librdkafka brings along.</summary>
public sealed class InstancesTests
{
    [Fact(Timeout = 10 * 60_000)]
    public async Task An_instance_that_stops_reports_all_that_it_has_counted_and_the_next_one_goes_on_from_its_folder()
    {
        using var folder = new TemporaryFolder();
        await using var cluster = await KafkaCluster.StartAsync();
        await using var topic = await MonitoredTopic.CreateAsync(cluster);
        var arrived = ArrivingStream.Generate(2_000);
        var half = arrived.Count / 2;
        await topic.PublishAsync(arrived.Take(half));
        await using (var first = MonitorInstance.Start(cluster, topic.Name, folder.File("state")))
        {
            await Eventually.Holds(() => topic.Load(ArrivingStream.Experiment)?.Subjects > 0, static () => Task.Delay(500, TestContext.Current.CancellationToken));
            await topic.PublishAsync(arrived.Skip(half));
            await first.StopAsync();
        }

        Assert.Equal(topic.SubjectsKept(), topic.SubjectsReported());
        await using var second = MonitorInstance.Start(cluster, topic.Name, folder.File("state"));
        await Eventually.Holds(() => topic.Load(ArrivingStream.Experiment) is { } state && CountsOf(state).SequenceEqual(CountsOf(arrived)), static () => Task.Delay(500, TestContext.Current.CancellationToken));
        Assert.Equal(1, topic.Load(ArrivingStream.Experiment)!.Run);
        await second.StopAsync();
    }

    [Fact(Timeout = 10 * 60_000)]
    public async Task A_store_that_is_lost_is_a_new_run()
    {
        await using var cluster = await KafkaCluster.StartAsync();
        await using var topic = await MonitoredTopic.CreateAsync(cluster);
        var arrived = ArrivingStream.Generate(2_000);
        await topic.PublishAsync(arrived);
        await using (var first = MonitorInstance.Start(cluster, topic.Name))
        {
            await Eventually.Holds(() => topic.Load(ArrivingStream.Experiment) is { } state && CountsOf(state).SequenceEqual(CountsOf(arrived)), static () => Task.Delay(500, TestContext.Current.CancellationToken));
            await first.StopAsync();
        }

        topic.Lose(topic.SubjectsChangelog);
        await using var second = MonitorInstance.Start(cluster, topic.Name);
        await topic.PublishAsync(arrived);

        await Eventually.Holds(() => topic.Load(ArrivingStream.Experiment) is { Run: > 1 } state && CountsOf(state).SequenceEqual(CountsOf(arrived)), static () => Task.Delay(500, TestContext.Current.CancellationToken));
        Assert.Contains("was lost", second.Output, StringComparison.Ordinal);
    }

    [Fact(Timeout = 10 * 60_000)]
    public async Task An_instance_reports_what_a_restored_store_holds_without_a_further_message()
    {
        await using var cluster = await KafkaCluster.StartAsync();
        await using var topic = await MonitoredTopic.CreateAsync(cluster);
        var arrived = ArrivingStream.Generate(1_000);
        await topic.PublishAsync(arrived);
        await using (var first = MonitorInstance.Start(cluster, topic.Name))
        {
            await Eventually.Holds(() => topic.Load(ArrivingStream.Experiment) is { } state && CountsOf(state).SequenceEqual(CountsOf(arrived)), static () => Task.Delay(500, TestContext.Current.CancellationToken));
            await first.StopAsync();
        }

        var former = topic.Sessions();
        await using var second = MonitorInstance.Start(cluster, topic.Name);

        await Eventually.Holds(() => topic.SubjectsReported(former) == topic.SubjectsKept(), static () => Task.Delay(500, TestContext.Current.CancellationToken));
        await second.StopAsync();
    }

    [Fact(Timeout = 10 * 60_000)]
    public async Task Messages_that_the_brokers_deleted_while_no_instance_ran_are_logged_with_their_partition_and_number()
    {
        await using var cluster = await KafkaCluster.StartAsync();
        await using var topic = await MonitoredTopic.CreateAsync(cluster);
        var arrived = ArrivingStream.Generate(1_000);
        await topic.PublishAsync(arrived.Take(arrived.Count / 2));
        await using (var first = MonitorInstance.Start(cluster, topic.Name))
        {
            await topic.ReadAsync(TestContext.Current.CancellationToken);
            await first.StopAsync();
        }

        await topic.PublishAsync(arrived.Skip(arrived.Count / 2));
        topic.Lose(topic.Name);
        (long Messages, int Partition, long Offset)[] skipped = [.. topic.Positions().Select(static position => (position.Watermarks.Low - position.Committed, position.Partition, position.Committed))];
        Assert.All(skipped, static position => Assert.True(position.Messages > 0));
        await using var second = MonitorInstance.Start(cluster, topic.Name);

        await topic.ReadAsync(TestContext.Current.CancellationToken);
        await second.StopAsync();
        Assert.Equal(skipped, SkippedIn(second.Output, topic.Name));
    }

    [Theory]
    [InlineData("events", null, "The topic 'signals' of ExperimentMonitorStreamsOptions.SignalsTopic does not exist")]
    [InlineData("signals", null, "The topic 'events' of ExperimentMonitorStreamsOptions.Topic does not exist")]
    [InlineData("events", "monitor-reports-repartition", "The topic 'monitor-reports-repartition' has 3 partitions, but 'events' has 4")]
    public async Task Topics_that_the_engine_would_fail_at_are_named_before_it_starts(string topic, string? other, string expected)
    {
        await using var cluster = await KafkaCluster.StartAsync(brokers: 1);
        await cluster.CreateTopicAsync(topic, 4);
        if (other is not null)
        {
            await cluster.CreateTopicAsync("signals", 1);
            await cluster.CreateTopicAsync(other, 3);
        }

        using var client = new Confluent.Kafka.AdminClientBuilder(new Confluent.Kafka.AdminClientConfig { BootstrapServers = cluster.Addresses }).Build();
        var options = new ExperimentMonitorStreamsOptions { BootstrapServers = cluster.Addresses, Topic = "events", SignalsTopic = "signals", ApplicationId = "monitor" };

        Assert.StartsWith(expected, Assert.Throws<InvalidOperationException>(() => TopicCheck.Require(client, options)).Message, StringComparison.Ordinal);
    }

    /// <summary>What an instance has logged of messages that were deleted, in order of partitions.</summary>
    private static (long Messages, int Partition, long Offset)[] SkippedIn(string output, string topic) => [.. Regex.Matches(output, $@"\b(\d+) messages of partition (\d+) of topic {Regex.Escape(topic)}, from offset (\d+) on")
        .Select(static match => (NumberOf(match.Groups[1]), (int)NumberOf(match.Groups[2]), NumberOf(match.Groups[3])))
        .OrderBy(static skipped => skipped.Item2)];

    private static long NumberOf(Group digits) => long.Parse(digits.ValueSpan, CultureInfo.InvariantCulture);

    private static (string, string, long)[] CountsOf(CoordinatedExperiment experiment) => [.. experiment.Counts.Order()];

    /// <summary>What the monitor over the same events counts, by version of the weights and variant.</summary>
    private static (string, string, long)[] CountsOf(IEnumerable<DataPlaneEnvelope> arrived) => [.. arrived
        .Select(static envelope => envelope.Payload).OfType<ExposureEvent>()
        .GroupBy(static exposure => exposure.SubjectId)
        .Select(static subject => subject.First())
        .GroupBy(static exposure => (exposure.AllocationVersion, exposure.VariantKey))
        .Select(static cell => (cell.Key.AllocationVersion!, cell.Key.VariantKey, (long)cell.Count()))
        .Order()];
}
