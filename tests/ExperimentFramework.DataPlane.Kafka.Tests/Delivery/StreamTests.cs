using System.Globalization;

namespace ExperimentFramework.DataPlane.Kafka.Tests.Delivery;

/// <summary>A long stream arrives whole: each event once, those of a subject in order and in one partition.</summary>
public sealed class StreamTests
{
    private const int EventsOfASubject = 50;
    private const int BatchSize = 500;

    /// <summary>50,000, or what <c>DATAPLANE_KAFKA_EVENTS</c> says.</summary>
    private static int Count => int.Parse(Environment.GetEnvironmentVariable("DATAPLANE_KAFKA_EVENTS") ?? "50000", CultureInfo.InvariantCulture);

    [Fact(Timeout = 30 * 60_000)]
    public async Task Each_event_arrives_once_and_those_of_a_subject_in_order()
    {
        await using var cluster = await KafkaCluster.StartAsync();

        // A partition keeps 5 MiB, and an event has about 1,100 bytes. With 40 subjects in a partition on average, none has twice as many.
        var topic = await cluster.CreateTopicAsync(Math.Max(KafkaCluster.Partitions, Count / 2_000));
        await using var backplane = new KafkaDataBackplane(new() { BootstrapServers = cluster.Addresses, Topic = topic });
        var published = new List<Guid>(Count);

        for (var first = 0; first < Count; first += BatchSize)
        {
            var batch = TestEvents.Exposures(BatchSize, first, Count / EventsOfASubject);
            var result = await backplane.PublishAsync(batch, TestContext.Current.CancellationToken);
            Assert.True(result.Error is null, result.Error?.ToString());
            published.AddRange(batch.Select(envelope => envelope.EventId));
        }

        var read = await KafkaEvents.ReadAsync(cluster.Addresses, topic, cancellationToken: TestContext.Current.CancellationToken)
            .Select(stored => stored.Envelope.EventId).ToListAsync(TestContext.Current.CancellationToken);
        Assert.Equal(published.Order(), read.Order());
        var messages = await Kcat.ReadAsync(cluster.Addresses, topic);
        Assert.Equal(published.Count, messages.Count);
        Assert.Equal(published.Order(), messages.Select(message => Guid.Parse(message.Headers["event-id"])).Order());
        foreach (var subject in messages.GroupBy(message => message.Key))
        {
            Assert.Single(subject.Select(message => message.Partition).Distinct());
            var numbers = subject.Select(message => int.Parse(((ExposureEvent)message.Envelope.Payload).AllocationVersion!, CultureInfo.InvariantCulture)).ToArray();
            Assert.Equal(EventsOfASubject, numbers.Length);
            Assert.Equal(numbers.Order(), numbers);
        }
    }
}
