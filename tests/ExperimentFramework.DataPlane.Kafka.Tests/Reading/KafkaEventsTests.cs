using System.Globalization;
using System.Text;
using Confluent.Kafka;
using ExperimentFramework.DataPlane.Tests.Delivery;

namespace ExperimentFramework.DataPlane.Kafka.Tests.Reading;

/// <summary>What was written is read back, from where and as far as the reader says, and what is not an event is reported.</summary>
public sealed class KafkaEventsTests(SharedCluster shared) : IAsyncLifetime
{
    private readonly List<UnreadableMessage> _unreadable = [];
    private KafkaCluster _cluster = null!;
    private string _topic = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _cluster = await shared.GetAsync();
        _topic = await _cluster.CreateTopicAsync();
    }

    public ValueTask DisposeAsync() => default;

    [Theory]
    [InlineData(EventFormat.Json)]
    [InlineData(EventFormat.CloudEvents)]
    public async Task Every_event_is_read_as_it_was_written(EventFormat format)
    {
        DataPlaneEnvelope[] events =
        [
            .. SampleEvents.All.Select(SampleEvents.Envelope),
            SampleEvents.Envelope(SampleEvents.Exposure) with { CorrelationId = "c", SpanId = "00f067aa0ba902b7", Metadata = new Dictionary<string, string> { ["ü\n"] = "é\u0001" } },
        ];
        await PublishAsync(events, format);

        var read = await ReadAsync();

        Assert.Equal(events.Select(DataPlaneJson.Serialize).Order(StringComparer.Ordinal), read.Select(stored => DataPlaneJson.Serialize(stored.Envelope)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Positions_are_those_of_the_messages_and_rise_within_a_partition()
    {
        await PublishAsync(TestEvents.Exposures(100));

        var read = await ReadAsync();

        var stored = (await Kcat.ReadAsync(_cluster.Addresses, _topic)).ToDictionary(message => new KafkaPosition(_topic, message.Partition, message.Offset), message => message.Envelope.EventId);
        Assert.Equal(100, read.Count);
        Assert.All(read, one => Assert.Equal(stored[one.Position], one.Envelope.EventId));
        Assert.All(read.GroupBy(one => one.Position.Partition), partition => Assert.Equal(partition.Select(one => one.Position.Offset).Order(), partition.Select(one => one.Position.Offset)));
    }

    [Fact]
    public async Task CloudEvents_in_structured_mode_are_read_too()
    {
        var envelope = SampleEvents.Envelope(SampleEvents.Exposure);
        Produce(DataPlaneJson.Serialize(envelope, EventFormat.CloudEvents), ("content-type", "application/cloudevents+json"));

        Assert.Equal(DataPlaneJson.Serialize(envelope), DataPlaneJson.Serialize(Assert.Single(await ReadAsync()).Envelope));
    }

    [Fact]
    public async Task Messages_that_are_no_events_are_reported_and_reading_continues()
    {
        Produce("""{"eventId":"hidden"}""");
        Produce("hidden");
        Produce("{}", ("ce_id", "hidden"));
        Produce("{}", ("ce_specversion", "1.0"));
        Produce(null);
        Produce(DataPlaneJson.Serialize(SampleEvents.Envelope(SampleEvents.Exposure)));

        var read = await ReadAsync(Reporting());

        Assert.Equal(5, Assert.Single(read).Position.Offset);
        Assert.Equal([0L, 1, 2, 3, 4], _unreadable.Select(message => message.Position.Offset));
        Assert.Equal(["eventId", null, "id", "type", null], _unreadable.Select(message => message.Field));
        Assert.All(_unreadable, message =>
        {
            Assert.Equal((_topic, 3), (message.Position.Topic, message.Position.Partition));
            Assert.StartsWith($"The message at offset {message.Position.Offset} of partition 3 of topic '{_topic}' ", message.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("hidden", message.Message, StringComparison.Ordinal);
        });
        Assert.EndsWith("has no value: it deletes a key in a compacted topic.", _unreadable[4].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_callback_a_message_that_is_no_event_ends_reading()
    {
        Produce("{}");

        var error = await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync().AsTask());

        Assert.StartsWith($"The message at offset 0 of partition 3 of topic '{_topic}' is not an event.", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("Set KafkaReadingOptions.OnUnreadableMessage to continue after such messages.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reading_continues_from_the_positions_that_were_reached()
    {
        await PublishAsync(TestEvents.Exposures(100));
        var options = new KafkaReadingOptions();
        foreach (var last in (await ReadAsync()).GroupBy(stored => stored.Position.Partition).Select(partition => partition.Last()))
        {
            options.StartPositions.Add(last.Position.Next);
        }

        await PublishAsync(TestEvents.Exposures(50, first: 100, subjects: 20));

        Assert.Equal(Enumerable.Range(100, 50), (await ReadAsync(options)).Select(Number).Order());
    }

    [Fact]
    public async Task Reading_ends_where_the_topic_ended_when_it_began()
    {
        await PublishAsync(TestEvents.Exposures(100, subjects: 1));
        var read = new List<int>();

        // The client fetches a few events at a time, so that it has not seen the end when more are added.
        var options = new KafkaReadingOptions();
        options.Settings["fetch.message.max.bytes"] = "2000";
        options.Settings["queued.min.messages"] = "1";
        options.Settings["fetch.queue.backoff.ms"] = "1";
        await foreach (var stored in KafkaEvents.ReadAsync(_cluster.Addresses, _topic, options, Token))
        {
            if (read.Count == 0)
            {
                await PublishAsync(TestEvents.Exposures(100, first: 100, subjects: 1));
            }

            read.Add(Number(stored));
        }

        Assert.Equal(Enumerable.Range(0, 100), read);
    }

    [Fact]
    public async Task Partitions_are_merged_by_time_however_far_one_is_ahead_of_the_others()
    {
        // Of partition 3 there are more events than wait in memory, all of them later than those of partition 5.
        var late = TestEvents.Exposures(3_000).Select((envelope, number) => At(envelope, 10_000 + number)).ToList();
        var early = TestEvents.Exposures(20).Select((envelope, number) => At(envelope, number * 2)).ToList();
        Produce(3, late.Select(Message));
        Produce(5, early.Select(Message).Append(new Message<Null, byte[]?> { Value = [0] }));

        var read = await ReadAsync(new KafkaReadingOptions { OrderByTime = true, OnUnreadableMessage = _unreadable.Add });

        Assert.Equal(early.Concat(late).Select(envelope => envelope.EventId), read.Select(stored => stored.Envelope.EventId));
        Assert.Single(_unreadable);

        static Message<Null, byte[]?> Message(DataPlaneEnvelope envelope) => new() { Value = Encoding.UTF8.GetBytes(DataPlaneJson.Serialize(envelope)) };

        static DataPlaneEnvelope At(DataPlaneEnvelope envelope, int second) => envelope with { Timestamp = envelope.Timestamp.AddSeconds(second) };
    }

    [Fact]
    public async Task An_empty_topic_has_no_events() => Assert.Empty(await ReadAsync());

    [Fact]
    public async Task Several_topics_are_read_together()
    {
        await _cluster.CreateTopicAsync("together.exposure", 2);
        await _cluster.CreateTopicAsync("together.outcome", 2);
        await using (var backplane = new KafkaDataBackplane(new() { BootstrapServers = _cluster.Addresses, Topic = "together", TopicPerEventType = true }))
        {
            await backplane.DeliveredAsync([SampleEvents.Envelope(SampleEvents.Exposure), SampleEvents.Envelope(SampleEvents.Outcome)]);
        }

        var read = await KafkaEvents.ReadAsync(_cluster.Addresses, ["together.exposure", "together.outcome"], cancellationToken: Token).ToListAsync(Token);

        Assert.Equal([DataPlaneEventType.Exposure, DataPlaneEventType.Outcome], read.Select(stored => stored.Envelope.EventType).Order());
    }

    [Fact]
    public async Task Followed_events_are_read_as_they_arrive_until_reading_is_canceled()
    {
        await PublishAsync(TestEvents.Exposures(10));
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var read = new List<int>();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var stored in KafkaEvents.ReadAsync(_cluster.Addresses, _topic, new() { Follow = true }, end.Token))
            {
                read.Add(Number(stored));
                if (read.Count == 10)
                {
                    await PublishAsync(TestEvents.Exposures(10, first: 10));
                }

                if (read.Count == 20)
                {
                    await end.CancelAsync();
                }
            }
        });

        Assert.Equal(Enumerable.Range(0, 20), read.Order());
    }

    [Fact]
    public async Task A_group_goes_on_with_the_event_that_was_not_processed()
    {
        await PublishAsync(TestEvents.Exposures(100, subjects: 1));

        var first = await OfGroupAsync(30);
        var second = await OfGroupAsync(71);

        Assert.Equal(Enumerable.Range(0, 30), first);
        Assert.Equal(Enumerable.Range(29, 71), second);
    }

    [Fact]
    public void A_partition_whose_last_offsets_are_no_messages_ends_too()
    {
        var ends = new PartitionEnds();
        ends.Add(new TopicPartition("t", 0), 3);
        ends.Add(new TopicPartition("t", 1), 3);

        Assert.True(ends.TryPass(new TopicPartition("t", 0), 1));
        ends.Finish(new TopicPartition("t", 0));
        Assert.False(ends.AreReached);
        Assert.False(ends.TryPass(new TopicPartition("t", 1), 3));
        Assert.True(ends.AreReached);
    }

    private static int Number(KafkaStoredEvent stored) => int.Parse(((ExposureEvent)stored.Envelope.Payload).AllocationVersion!, CultureInfo.InvariantCulture);

    private KafkaReadingOptions Reporting() => new() { OnUnreadableMessage = _unreadable.Add };

    private ValueTask<List<KafkaStoredEvent>> ReadAsync(KafkaReadingOptions? options = null) => KafkaEvents.ReadAsync(_cluster.Addresses, _topic, options, Token).ToListAsync(Token);

    /// <summary>Reads as a member of a group, and leaves with the last event, which therefore does not count as read.</summary>
    private async Task<List<int>> OfGroupAsync(int count)
    {
        var options = new KafkaReadingOptions { Follow = true, GroupId = "group-of-" + _topic };
        options.Settings["session.timeout.ms"] = "6000";
        options.Settings["heartbeat.interval.ms"] = "1000";
        var read = new List<int>();
        await foreach (var stored in KafkaEvents.ReadAsync(_cluster.Addresses, _topic, options, Token))
        {
            read.Add(Number(stored));
            if (read.Count == count)
            {
                break;
            }
        }

        return read;
    }

    private async Task PublishAsync(DataPlaneEnvelope[] events, EventFormat format = EventFormat.Json)
    {
        await using var backplane = new KafkaDataBackplane(new() { BootstrapServers = _cluster.Addresses, Topic = _topic, Format = format });
        await backplane.DeliveredAsync(events);
    }

    /// <summary>Writes a message as another application might.</summary>
    private void Produce(string? value, params (string Name, string Value)[] headers)
    {
        var message = new Message<Null, byte[]?> { Value = value is null ? null : Encoding.UTF8.GetBytes(value), Headers = [] };
        foreach (var header in headers)
        {
            message.Headers.Add(header.Name, Encoding.UTF8.GetBytes(header.Value));
        }

        Produce(3, [message]);
    }

    private void Produce(int partition, IEnumerable<Message<Null, byte[]?>> messages)
    {
        using var producer = new ProducerBuilder<Null, byte[]?>(new ProducerConfig { BootstrapServers = _cluster.Addresses }).Build();
        foreach (var message in messages)
        {
            producer.Produce(new TopicPartition(_topic, partition), message);
        }

        producer.Flush(Token);
    }
}
