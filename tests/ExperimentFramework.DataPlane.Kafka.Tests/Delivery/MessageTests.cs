using ExperimentFramework.DataPlane.Tests.Delivery;

namespace ExperimentFramework.DataPlane.Kafka.Tests.Delivery;

/// <summary>What a message looks like to a consumer.</summary>
public sealed class MessageTests(SharedCluster shared)
{
    private static readonly string[] Names = ["content-type", "event-id", "event-type", "schema-version"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Headers_say_what_the_value_is()
    {
        var cluster = await shared.GetAsync();
        var topic = await cluster.CreateTopicAsync();
        await using var backplane = new KafkaDataBackplane(new() { BootstrapServers = cluster.Addresses, Topic = topic });
        DataPlaneEnvelope[] events = [.. SampleEvents.All.Select(SampleEvents.Envelope)];

        await backplane.DeliveredAsync(events);

        var messages = await Kcat.ReadAsync(cluster.Addresses, topic);
        Assert.Equal(events.Length, messages.Count);
        Assert.All(messages, message =>
        {
            Assert.Equal(Names, message.Headers.Keys.Order(StringComparer.Ordinal));
            Assert.Equal(message.Envelope.EventId.ToString(), message.Headers["event-id"]);
            Assert.Equal(message.Envelope.EventType.ToString(), message.Headers["event-type"]);
            Assert.Equal("1.0.0", message.Headers["schema-version"]);
            Assert.Equal("application/json", message.Headers["content-type"]);
        });
    }

    [Fact]
    public async Task CloudEvents_have_their_attributes_as_headers_and_the_event_as_value()
    {
        var cluster = await shared.GetAsync();
        var topic = await cluster.CreateTopicAsync();
        await using var backplane = new KafkaDataBackplane(new() { BootstrapServers = cluster.Addresses, Topic = topic, Format = EventFormat.CloudEvents });
        DataPlaneEnvelope[] events = [.. SampleEvents.All.Select(SampleEvents.Envelope)];

        await backplane.DeliveredAsync(events);

        var messages = (await Kcat.ReadAsync(cluster.Addresses, topic)).ToDictionary(message => message.Headers["ce_id"]);
        Assert.Equal(events.Length, messages.Count);
        Assert.All(events, envelope =>
        {
            var message = messages[envelope.EventId.ToString()];
            Assert.Equal(("1.0", "application/json"), (message.Headers["ce_specversion"], message.Headers["content-type"]));
            Assert.Equal("ExperimentFramework.DataPlane." + envelope.EventType, message.Headers["ce_type"]);
            Assert.Equal(message.Key, message.Headers.GetValueOrDefault("ce_subject", ""));

            var fields = default(CloudEventFields);
            foreach (var (name, value) in message.Headers.Where(header => header.Key.StartsWith("ce_", StringComparison.Ordinal)))
            {
                fields.ReadHeader(name["ce_".Length..], value);
            }

            Assert.Equal(DataPlaneJson.Serialize(envelope), DataPlaneJson.Serialize(fields.ToEnvelope(System.Text.Encoding.UTF8.GetBytes(message.Value))));
        });
    }

    [Fact]
    public async Task The_key_is_the_subjects_id_and_events_without_a_subject_have_none()
    {
        var cluster = await shared.GetAsync();
        var topic = await cluster.CreateTopicAsync();
        await using var backplane = new KafkaDataBackplane(new() { BootstrapServers = cluster.Addresses, Topic = topic });

        await backplane.DeliveredAsync([.. SampleEvents.All.Select(SampleEvents.Envelope), SampleEvents.Envelope(SampleEvents.Exposure with { SubjectId = null })]);

        var keys = (await Kcat.ReadAsync(cluster.Addresses, topic)).ToLookup(message => message.Key, message => message.Envelope.EventType);
        Assert.Equal(
            [DataPlaneEventType.Exposure, DataPlaneEventType.Assignment, DataPlaneEventType.Outcome, DataPlaneEventType.Metric],
            keys["u1"].Order());
        Assert.Equal(
            [DataPlaneEventType.Exposure, DataPlaneEventType.AnalysisSignal, DataPlaneEventType.Error, DataPlaneEventType.Accounting],
            keys[""].Order());
    }

    [Fact]
    public async Task Each_type_of_event_may_have_a_topic_of_its_own()
    {
        var cluster = await shared.GetAsync();
        await cluster.CreateTopicAsync("apart.exposure", 2);
        await cluster.CreateTopicAsync("apart.analysis-signal", 2);
        await using var backplane = new KafkaDataBackplane(new() { BootstrapServers = cluster.Addresses, Topic = "apart", TopicPerEventType = true });
        var later = DataPlaneJson.Deserialize(DataPlaneJson.Serialize(SampleEvents.Envelope(SampleEvents.Exposure)).Replace("\"eventType\":\"Exposure\"", "\"eventType\":\"Later\"", StringComparison.Ordinal));

        await backplane.DeliveredAsync([SampleEvents.Envelope(SampleEvents.Exposure), SampleEvents.Envelope(SampleEvents.Signal), later]);

        Assert.Equal("Exposure", Assert.Single(await Kcat.ReadAsync(cluster.Addresses, "apart.exposure")).Headers["event-type"]);
        Assert.Equal("AnalysisSignal", Assert.Single(await Kcat.ReadAsync(cluster.Addresses, "apart.analysis-signal")).Headers["event-type"]);
        Assert.Equal("Later", Assert.Single(await Kcat.ReadAsync(cluster.Addresses, "apart.unknown")).Headers["event-type"]);
    }

    [Fact]
    public async Task Health_names_the_library_and_a_topic_that_does_not_exist()
    {
        var cluster = await shared.GetAsync();
        var topic = await cluster.CreateTopicAsync();
        await using var backplane = new KafkaDataBackplane(new() { BootstrapServers = cluster.Addresses, Topic = topic });

        var health = await backplane.HealthAsync(Token);

        Assert.True(health.IsHealthy && !health.IsDegraded, health.Description);
        Assert.Equal("2.16.0", health.Diagnostics["librdkafka"]);
        Assert.Equal(KafkaCluster.Partitions, health.Diagnostics["partitions"]);
    }
}
