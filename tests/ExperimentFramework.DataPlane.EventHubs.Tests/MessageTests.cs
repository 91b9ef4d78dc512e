using System.Text;
using System.Text.Json;
using ExperimentFramework.DataPlane.Tests.Delivery;

namespace ExperimentFramework.DataPlane.EventHubs.Tests;

/// <summary>What a message holds, and which events share one.</summary>
public sealed class MessageTests : IDisposable
{
    private readonly HubServer _server = HubServer.Start();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_message_has_the_envelope_the_event_id_its_type_and_the_subject_as_partition_key()
    {
        await using var backplane = TestClient.Open(_server);
        var envelope = SampleEvents.Envelope(SampleEvents.Exposure);

        await backplane.PublishAsync(envelope, Token);

        var message = Assert.Single(_server.Messages);
        Assert.Equal(("u1", envelope.EventId.ToString(), "application/json"), (message.PartitionKey, message.MessageId, message.ContentType));
        Assert.Equal([("eventType", "Exposure"), ("schemaVersion", envelope.SchemaVersion)], message.Properties.Select(property => (property.Key, (string)property.Value)).Order());
        Assert.Equal(DataPlaneJson.Serialize(envelope), Encoding.UTF8.GetString(message.Body));
    }

    [Fact]
    public async Task A_cloud_event_has_its_attributes_as_properties_and_the_event_as_body()
    {
        await using var backplane = TestClient.Open(_server, new() { Format = EventFormat.CloudEvents });
        var envelope = SampleEvents.Envelope(SampleEvents.Exposure);

        await backplane.PublishAsync(envelope, Token);

        var message = Assert.Single(_server.Messages);
        using var expected = JsonDocument.Parse(DataPlaneJson.Serialize(envelope, EventFormat.CloudEvents));
        Assert.Equal(
            expected.RootElement.EnumerateObject().Where(member => member.Name is not ("data" or "datacontenttype")).Select(member => ("cloudEvents_" + member.Name, member.Value.GetString()!)).Order(),
            message.Properties.Select(property => (property.Key, (string)property.Value)).Order());
        Assert.Equal("application/json", message.ContentType);
        Assert.Equal(expected.RootElement.GetProperty("data").GetRawText(), Encoding.UTF8.GetString(message.Body));
    }

    [Fact]
    public async Task The_events_of_a_subject_share_a_message_and_keep_their_order()
    {
        await using var backplane = TestClient.Open(_server);

        for (var batch = 0; batch < 4; batch++)
        {
            Assert.Null((await backplane.PublishAsync(TestClient.Exposures(batch * 100, 100, subjects: 10), Token)).Error);
        }

        Assert.Equal(40, _server.Transfers);
        Assert.Equal(400, _server.Messages.Count);
        Assert.All(_server.Messages.GroupBy(message => message.PartitionKey), subject =>
        {
            Assert.Equal(subject.Select(TestClient.NumberOf).Order(), subject.Select(TestClient.NumberOf));
            Assert.All(subject, message => Assert.Equal(subject.Key, EventSubject.IdOf(message.Envelope.Payload)));
        });
    }

    [Fact]
    public async Task Events_without_a_subject_share_a_message_without_a_key()
    {
        await using var backplane = TestClient.Open(_server);

        Assert.Null((await backplane.PublishAsync(TestClient.Exposures(0, 50, subjects: 0), Token)).Error);

        Assert.Equal(1, _server.Transfers);
        Assert.All(_server.Messages, message => Assert.Null(message.PartitionKey));
    }

    [Fact]
    public async Task A_subject_that_is_too_long_for_a_key_has_the_hash_of_it_as_one()
    {
        await using var backplane = TestClient.Open(_server);
        string[] subjects = [new('a', 128), new('a', 129), new string('a', 128) + "b"];

        foreach (var subject in subjects)
        {
            await backplane.PublishAsync(SampleEvents.Envelope(SampleEvents.Exposure with { SubjectId = subject }), Token);
        }

        var keys = _server.Messages.Select(message => message.PartitionKey!).ToList();
        Assert.Equal(subjects[0], keys[0]);
        Assert.Equal("160a51d55c3a9d94b05a3b09a97c6e9d".Length * 2, keys[1].Length);
        Assert.NotEqual(keys[1], keys[2]);
    }

    [Fact]
    public async Task More_events_of_a_subject_than_fit_are_sent_in_several_messages_in_order()
    {
        await using var backplane = TestClient.Open(_server);
        var text = new string('x', 20_000);
        var events = TestClient.Exposures(0, 120, subjects: 1).Select(envelope => envelope with
        {
            Payload = (ExposureEvent)envelope.Payload with { Attributes = new Dictionary<string, object?> { ["text"] = text } },
        }).ToArray();

        Assert.Null((await backplane.PublishAsync(events, Token)).Error);

        Assert.InRange(_server.Transfers, 3, 6);
        Assert.Equal(Enumerable.Range(0, 120), _server.Messages.Select(TestClient.NumberOf));
    }

    [Fact]
    public async Task An_event_that_is_too_large_is_refused_for_good_and_its_neighbours_of_the_same_subject_arrive()
    {
        await using var backplane = TestClient.Open(_server);
        var events = TestClient.Exposures(0, 5, subjects: 1);
        events[2] = events[2] with { Payload = (ExposureEvent)events[2].Payload with { Attributes = new Dictionary<string, object?> { ["text"] = new string('x', 1_100_000) } } };

        var result = await backplane.PublishAsync(events, Token);

        Assert.Equal([.. Enumerable.Repeat(DeliveryStatus.Delivered, 2), DeliveryStatus.PermanentFailure, .. Enumerable.Repeat(DeliveryStatus.Delivered, 2)], result.Statuses(5));
        Assert.Equal([0, 1, 3, 4], _server.Messages.Select(TestClient.NumberOf));
        Assert.Contains("bytes, more than a message of the event hub may have (1048576 with its properties). Lower DataPlaneOptions.MaxAttributeLength", result.Error!.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<EventRejectedException>(() => backplane.PublishAsync(events[2], Token).AsTask());
    }

    public void Dispose() => _server.Dispose();
}
