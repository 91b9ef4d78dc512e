using System.Globalization;
using Microsoft.Extensions.Logging.Testing;

namespace ExperimentFramework.DataPlane.Kafka.Tests.Delivery;

/// <summary>While brokers fail, no event is lost or rejected, and operators are given the reason.</summary>
public sealed class OutageTests : IAsyncLifetime
{
    private const int CutConnection = -195;
    private const int NotLeader = 6;
    private const int RequestTimedOut = 7;
    private const int MessageTooLarge = 10;
    private const int NotEnoughReplicas = 19;
    private const int TopicAuthorizationFailed = 29;
    private const int OutOfOrderSequence = 45;

    /// <summary>Short, because the client has no virtual time.</summary>
    private static readonly DataPlaneOptions Impatient = new() { PublishTimeout = TimeSpan.FromSeconds(4) };

    private readonly FakeLogger _logger = new();
    private KafkaCluster _cluster = null!;
    private string _topic = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _cluster = await KafkaCluster.StartAsync();
        _topic = await _cluster.CreateTopicAsync();
    }

    public ValueTask DisposeAsync() => _cluster?.DisposeAsync() ?? default;

    [Theory]
    [InlineData(NotLeader, NotLeader, NotLeader)]
    [InlineData(NotEnoughReplicas, NotEnoughReplicas)]
    [InlineData(RequestTimedOut, RequestTimedOut)]
    public async Task Errors_that_pass_are_not_seen_outside_and_nothing_is_sent_twice(params int[] errors)
    {
        await using var backplane = Create();
        await backplane.DeliveredAsync(TestEvents.Exposures(10));
        await _cluster.FailAsync(KafkaCluster.Produce, errors);

        // One request at a time: brokers refuse what follows a request that failed, by its sequence number; these do not.
        foreach (var envelope in TestEvents.Exposures(10, first: 10))
        {
            await backplane.PublishAsync(envelope, Token);
        }

        await AssertStoredInOrderAsync(20);
    }

    [Fact]
    public async Task Connections_that_are_cut_lose_nothing()
    {
        await using var backplane = Create();
        await backplane.DeliveredAsync(TestEvents.Exposures(10));
        await _cluster.FailAsync(KafkaCluster.Produce, CutConnection, CutConnection);

        var result = await backplane.PublishAsync(TestEvents.Exposures(100, first: 10), Token);

        Assert.True(result.Error is null, result.Error?.ToString());

        // Brokers recognize what they have stored before the connection was cut; these do not.
        await AssertStoredInOrderAsync(110, distinct: true);
    }

    [Fact]
    public async Task A_leader_that_moves_is_followed()
    {
        await using var backplane = Create();
        await backplane.DeliveredAsync(TestEvents.Exposures(10));
        for (var partition = 0; partition < KafkaCluster.Partitions; partition++)
        {
            await _cluster.MoveLeaderAsync(_topic, partition, broker: 2);
        }

        var result = await backplane.PublishAsync(TestEvents.Exposures(100, first: 10), Token);

        Assert.True(result.Error is null, result.Error?.ToString());
        await AssertStoredInOrderAsync(110);
    }

    [Fact]
    public async Task Events_are_transient_failures_while_all_brokers_are_down_and_are_delivered_when_they_are_up()
    {
        await using var backplane = Create(Impatient);
        await backplane.DeliveredAsync(TestEvents.Exposures(10));
        await _cluster.TakeAllDownAsync();

        var result = await backplane.PublishAsync(TestEvents.Exposures(10, first: 10), Token);
        var health = await backplane.HealthAsync(Token);

        Assert.All(result.Statuses(10), status => Assert.Equal(DeliveryStatus.TransientFailure, status));
        Assert.StartsWith($"Kafka topic '{_topic}' at {_cluster.Addresses} does not accept events: Local: Message timed out. ", result.Error!.Message, StringComparison.Ordinal);
        Assert.True(SafeText.IsOwn(result.Error));
        Assert.False(health.IsHealthy);
        await _cluster.BringAllUpAsync();
        await backplane.DeliveredAsync(TestEvents.Exposures(10, first: 10));
        await AssertStoredInOrderAsync(20);
    }

    [Fact]
    public async Task Events_larger_than_the_option_are_rejected_and_their_neighbours_delivered()
    {
        await using var backplane = Create();

        var result = await backplane.PublishAsync([TestEvents.OfSize(10, "a"), TestEvents.OfSize(1_000_001, "a"), TestEvents.OfSize(10, "a")], Token);

        Assert.Equal([DeliveryStatus.Delivered, DeliveryStatus.PermanentFailure, DeliveryStatus.Delivered], result.Statuses(3));
        Assert.IsType<EventRejectedException>(result.Error);
        Assert.EndsWith("Lower KafkaDataBackplaneOptions.MaxMessageBytes to the topic's max.message.bytes, or raise both.", result.Error.Message, StringComparison.Ordinal);
        Assert.Equal(2, (await Kcat.ReadValuesAsync(_cluster.Addresses, _topic)).Count);
    }

    [Fact]
    public async Task Events_that_share_a_request_with_one_that_brokers_find_too_large_are_delivered_alone()
    {
        await using var backplane = Create();
        await backplane.DeliveredAsync(TestEvents.Exposures(10));
        await _cluster.FailAsync(KafkaCluster.Produce, MessageTooLarge);

        var result = await backplane.PublishAsync(TestEvents.Exposures(100, first: 10), Token);

        Assert.All(result.Statuses(100), status => Assert.Equal(DeliveryStatus.Delivered, status));
        var messages = await Kcat.ReadAsync(_cluster.Addresses, _topic);
        Assert.Equal(110, messages.Select(message => message.Headers["event-id"]).Distinct().Count());
        Assert.Equal(110, messages.Count);
    }

    [Fact]
    public async Task An_event_that_brokers_find_too_large_also_alone_is_rejected()
    {
        await using var backplane = Create();
        await backplane.DeliveredAsync(TestEvents.Exposures(1));
        await _cluster.FailAsync(KafkaCluster.Produce, MessageTooLarge);

        var error = await Assert.ThrowsAsync<EventRejectedException>(() => backplane.PublishAsync(TestEvents.Exposures(1)[0], Token).AsTask());

        Assert.StartsWith($"Kafka topic '{_topic}' at {_cluster.Addresses} rejects an event: Broker: Message size too large.", error.Message, StringComparison.Ordinal);
        await backplane.DeliveredAsync(TestEvents.Exposures(1));
    }

    [Fact]
    public async Task A_topic_that_the_client_may_not_write_is_an_outage_and_the_remedy_is_named()
    {
        await using var backplane = Create(Impatient);
        await _cluster.RefuseTopicAsync(_topic, TopicAuthorizationFailed);

        await Eventually.Holds(async () => (await backplane.PublishAsync(TestEvents.Exposures(10), Token)) is { } result
            && result.Statuses(10).All(status => status == DeliveryStatus.TransientFailure)
            && result.Error!.Message.EndsWith("Topic authorization failed. Grant the client WRITE and DESCRIBE on the topic.", StringComparison.Ordinal));
        var health = await backplane.HealthAsync(Token);

        Assert.False(health.IsHealthy);
        Assert.Contains("Topic authorization failed", health.Description, StringComparison.Ordinal);
        await _cluster.RefuseTopicAsync(_topic, 0);
        await backplane.DeliveredAsync(TestEvents.Exposures(10));
        await AssertStoredInOrderAsync(10);
    }

    [Fact]
    public async Task A_producer_that_failed_fatally_is_replaced_and_its_events_are_delivered()
    {
        await using var backplane = Create(Impatient);
        await backplane.DeliveredAsync(TestEvents.Exposures(10));
        await _cluster.FailAsync(KafkaCluster.Produce, [.. Enumerable.Repeat(OutOfOrderSequence, 20)]);

        await Eventually.Holds(async () =>
        {
            var result = await backplane.PublishAsync(TestEvents.Exposures(1, first: 10), Token);
            Assert.DoesNotContain(DeliveryStatus.PermanentFailure, result.Statuses(1));
            return (int)(await backplane.HealthAsync(Token)).Diagnostics["producers"] > 1;
        });
        await _cluster.StopFailingAsync(KafkaCluster.Produce);
        await backplane.DeliveredAsync(TestEvents.Exposures(100, first: 20));

        Assert.Contains(_logger.Collector.GetSnapshot(), record => record.Id.Name == "KafkaProducerReplaced");
    }

    [Fact]
    public async Task A_batch_that_is_larger_than_the_clients_queue_is_delivered_in_order()
    {
        await using var backplane = Create(new DataPlaneOptions { BatchSize = 7 });

        var result = await backplane.PublishAsync(TestEvents.Exposures(1_000), Token);

        Assert.True(result.Error is null, result.Error?.ToString());
        await AssertStoredInOrderAsync(1_000);
    }

    [Fact]
    public async Task What_an_abandoned_batch_left_in_the_client_is_not_sent_later()
    {
        await using var backplane = Create();
        await backplane.DeliveredAsync(TestEvents.Exposures(10));
        await _cluster.TakeAllDownAsync();
        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => backplane.PublishAsync(TestEvents.Exposures(10, first: 10), soon.Token).AsTask());
        await _cluster.BringAllUpAsync();
        await backplane.DeliveredAsync(TestEvents.Exposures(10, first: 10));

        await AssertStoredInOrderAsync(20);
    }

    [Fact]
    public async Task What_a_batch_that_is_canceled_halfway_left_in_the_client_is_not_sent_later()
    {
        // Linger: the events share a request. The brokers refuse it; then they accept the first event, and not yet the second.
        await using var backplane = new KafkaDataBackplane(new() { BootstrapServers = _cluster.Addresses, Topic = _topic, Linger = TimeSpan.FromMilliseconds(200) }, logger: _logger);
        await _cluster.FailAsync(KafkaCluster.Produce, [MessageTooLarge, 0, .. Enumerable.Repeat(NotEnoughReplicas, 1_000)]);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var events = TestEvents.Exposures(3, subjects: 1);
        var publishing = backplane.PublishAsync(events, end.Token).AsTask();
        await Eventually.Holds(async () => (await Kcat.ReadValuesAsync(_cluster.Addresses, _topic)).Count == 1);
        await end.CancelAsync();

        var result = await publishing;
        await _cluster.StopFailingAsync(KafkaCluster.Produce);
        await backplane.DeliveredAsync(events[1..]);

        Assert.Equal([DeliveryStatus.Delivered, DeliveryStatus.TransientFailure, DeliveryStatus.TransientFailure], result.Statuses(3));
        Assert.Equal(2, (await backplane.HealthAsync(Token)).Diagnostics["producers"]);
        await AssertStoredInOrderAsync(3);
    }

    [Fact]
    public async Task Disposal_ends_a_batch_that_no_broker_answers()
    {
        await _cluster.TakeAllDownAsync();
        var backplane = Create();
        var publishing = backplane.PublishAsync(TestEvents.Exposures(10), Token).AsTask();

        await backplane.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => publishing);
    }

    [Fact]
    public async Task Disposal_waits_for_a_health_check_that_no_broker_answers()
    {
        await _cluster.TakeAllDownAsync();
        var backplane = Create();
        using var asked = new CancellationTokenSource();
        var health = backplane.HealthAsync(asked.Token).AsTask();
        await asked.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => health);

        await backplane.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => backplane.HealthAsync(Token).AsTask());
    }

    private KafkaDataBackplane Create(DataPlaneOptions? pipeline = null) =>
        new(new() { BootstrapServers = _cluster.Addresses, Topic = _topic }, pipeline, logger: _logger);

    private async Task AssertStoredInOrderAsync(int count, bool distinct = false)
    {
        var messages = await Kcat.ReadAsync(_cluster.Addresses, _topic);
        if (distinct)
        {
            messages = [.. messages.DistinctBy(message => message.Headers["event-id"])];
        }

        Assert.True(count == messages.Count, $"{messages.Count} of {count}: " + string.Join(' ', messages.Select(message => $"{message.Partition}/{message.Offset}")));
        foreach (var subject in messages.GroupBy(message => message.Key))
        {
            var numbers = subject.Select(message => int.Parse(((ExposureEvent)message.Envelope.Payload).AllocationVersion!, CultureInfo.InvariantCulture)).ToArray();
            Assert.Equal(numbers.Distinct().Order(), numbers);
        }
    }
}
