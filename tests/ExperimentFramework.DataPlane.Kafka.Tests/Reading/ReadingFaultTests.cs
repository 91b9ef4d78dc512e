namespace ExperimentFramework.DataPlane.Kafka.Tests.Reading;

/// <summary>Reading that cannot go on ends with an error that says what is wrong, after the time that the reader allows.</summary>
public sealed class ReadingFaultTests : IAsyncLifetime
{
    private const int FindCoordinator = 10;
    private const int GroupAuthorizationFailed = 30;
    private const int TopicAuthorizationFailed = 29;

    private KafkaCluster _cluster = null!;
    private string _topic = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _cluster = await KafkaCluster.StartAsync(brokers: 1);
        _topic = await _cluster.CreateTopicAsync(partitions: 1);
    }

    public ValueTask DisposeAsync() => _cluster?.DisposeAsync() ?? default;

    [Fact]
    public async Task Brokers_that_cannot_be_reached_are_named()
    {
        await _cluster.TakeAllDownAsync();

        var error = await Assert.ThrowsAsync<IOException>(() => ReadAsync());

        Assert.StartsWith($"Kafka topic '{_topic}' at {_cluster.Addresses} cannot be read: ", error.Message, StringComparison.Ordinal);
        Assert.Contains("Connect to ipv4#", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Brokers_that_go_down_end_reading_that_follows()
    {
        await PublishAsync(1);

        var error = await Assert.ThrowsAsync<IOException>(async () =>
        {
            await foreach (var stored in KafkaEvents.ReadAsync(_cluster.Addresses, _topic, Impatient(follow: true), Token))
            {
                await _cluster.TakeAllDownAsync();
            }
        });

        Assert.StartsWith($"Kafka topic '{_topic}' at {_cluster.Addresses} cannot be read: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_topic_without_new_events_is_followed_for_longer_than_the_timeout()
    {
        await PublishAsync(1);
        var began = TimeProvider.System.GetTimestamp();
        var later = Task.CompletedTask;
        var read = 0;

        await foreach (var stored in KafkaEvents.ReadAsync(_cluster.Addresses, _topic, Impatient(follow: true), Token))
        {
            if (++read == 2)
            {
                break;
            }

            later = PublishLaterAsync();
        }

        await later;

        async Task PublishLaterAsync()
        {
            await Eventually.Holds(() => TimeProvider.System.GetElapsedTime(began) > TimeSpan.FromSeconds(2.5));
            await PublishAsync(1);
        }
    }

    [Fact]
    public async Task A_topic_that_does_not_exist_is_named()
    {
        var error = await Assert.ThrowsAsync<IOException>(() => ReadAsync(topic: "missing"));

        Assert.Equal(
            $"Kafka topic 'missing' at {_cluster.Addresses} cannot be read: Topic 'missing' does not exist. Check its name: with KafkaDataBackplaneOptions.TopicPerEventType each type of event has a topic of its own.",
            error.Message);
    }

    [Fact]
    public async Task A_topic_that_may_not_be_read_is_named_with_the_remedy()
    {
        await _cluster.RefuseTopicAsync(_topic, TopicAuthorizationFailed);

        var error = await Assert.ThrowsAsync<IOException>(() => ReadAsync());

        Assert.EndsWith("Topic authorization failed. Grant the client READ and DESCRIBE on the topic.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_password_is_the_reason_and_is_not_shown()
    {
        await using var proxy = new SaslProxy(_cluster.Addresses, "right");
        await _cluster.AdvertiseAsync("localhost", proxy.Port);

        var error = await Assert.ThrowsAsync<IOException>(() => ReadAsync(Secured(proxy, "wr0ng-s3cr3t"), servers: $"localhost:{proxy.Port}"));

        Assert.Contains("Invalid secret", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wr0ng-s3cr3t", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_are_read_through_TLS_with_a_password()
    {
        await PublishAsync(10);
        await using var proxy = new SaslProxy(_cluster.Addresses, "right");
        await _cluster.AdvertiseAsync("localhost", proxy.Port);

        Assert.Equal(10, (await ReadAsync(Secured(proxy, "right"), servers: $"localhost:{proxy.Port}")).Count);
    }

    [Fact]
    public async Task Reading_without_a_group_needs_no_privileges_for_groups()
    {
        await PublishAsync(10);
        await _cluster.FailAsync(FindCoordinator, [.. Enumerable.Repeat(GroupAuthorizationFailed, 100)]);

        Assert.Equal(10, (await ReadAsync(new())).Count);
    }

    [Fact]
    public async Task A_group_that_may_not_be_used_is_an_error_with_the_remedy()
    {
        await _cluster.FailAsync(FindCoordinator, [.. Enumerable.Repeat(GroupAuthorizationFailed, 100)]);

        var error = await Assert.ThrowsAsync<IOException>(() => ReadAsync(new() { Follow = true, GroupId = "g" }));

        Assert.EndsWith("Grant the client READ on the group.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 3, "has the offsets from 0 to before 2, and not 3 (KafkaReadingOptions.StartPositions)")]
    [InlineData(1, 0, "Topic '{0}' has no partition 1. Correct KafkaReadingOptions.StartPositions.")]
    public async Task A_position_that_is_not_in_the_topic_is_an_error(int partition, long offset, string message)
    {
        await PublishAsync(2);
        var options = new KafkaReadingOptions { StartPositions = { new KafkaPosition(_topic, partition, offset) } };

        var error = await Assert.ThrowsAsync<IOException>(() => ReadAsync(options));

        Assert.Contains(message.Replace("{0}", _topic, StringComparison.Ordinal), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_that_retention_has_deleted_before_they_were_read_are_an_error_and_no_gap()
    {
        await using var backplane = new KafkaDataBackplane(new() { BootstrapServers = _cluster.Addresses, Topic = _topic });
        await backplane.DeliveredAsync([.. Enumerable.Range(0, 100).Select(_ => TestEvents.OfSize(70_000, "u"))]);

        var error = await Assert.ThrowsAsync<IOException>(() => ReadAsync(new KafkaReadingOptions { StartPositions = { new KafkaPosition(_topic, 0, 1) } }));

        Assert.Contains("and not 1 (KafkaReadingOptions.StartPositions): the topic's retention has deleted events", error.Message, StringComparison.Ordinal);
        Assert.InRange((await ReadAsync(new())).Count, 1, 99);
    }

    [Theory]
    [InlineData("earliest", true)]
    [InlineData("latest", false)]
    public async Task A_position_before_the_first_message_is_passed_over_if_the_settings_say_so(string reset, bool readsAll)
    {
        await using var backplane = new KafkaDataBackplane(new() { BootstrapServers = _cluster.Addresses, Topic = _topic });
        await backplane.DeliveredAsync([.. Enumerable.Range(0, 100).Select(_ => TestEvents.OfSize(70_000, "u"))]);
        var options = new KafkaReadingOptions { StartPositions = { new KafkaPosition(_topic, 0, 1) }, Settings = { ["auto.offset.reset"] = reset } };

        var read = await ReadAsync(options);

        Assert.Equal(readsAll ? (await ReadAsync(new())).Select(stored => stored.Position) : [], read.Select(stored => stored.Position));
    }

    [Fact]
    public async Task A_position_after_the_last_message_is_that_of_a_topic_that_was_created_again_and_is_read_from_its_beginning_if_the_settings_say_so()
    {
        await PublishAsync(2);
        var options = new KafkaReadingOptions { StartPositions = { new KafkaPosition(_topic, 0, 3) }, Settings = { ["auto.offset.reset"] = "earliest" } };

        Assert.Equal([0L, 1], (await ReadAsync(options)).Select(stored => stored.Position.Offset));
    }

    [Fact]
    public async Task A_gap_at_the_start_is_reported_to_a_reader_that_asks_for_it_and_reading_continues()
    {
        await PublishAsync(2);
        List<ReadingGap> gaps = [];
        KafkaPosition[] expected = [new(_topic, 0, 3), new(_topic, 7, 5)];
        var options = new KafkaReadingOptions { OnGap = gaps.Add, StartPositions = { expected[0], expected[1] } };

        Assert.Equal([0L, 1], (await ReadAsync(options)).Select(stored => stored.Position.Offset));
        Assert.Equal([new(expected[0], 0), new(expected[1], null)], gaps.OrderBy(gap => gap.Expected.Partition));
    }

    [Fact]
    public async Task A_gap_that_retention_makes_while_a_topic_is_followed_is_reported_to_a_reader_that_asks_for_it_and_reading_continues()
    {
        await using var backplane = new KafkaDataBackplane(new() { BootstrapServers = _cluster.Addresses, Topic = _topic });
        await backplane.DeliveredAsync([TestEvents.OfSize(70_000, "u"), TestEvents.OfSize(70_000, "u")]);
        List<ReadingGap> gaps = [];
        var options = new KafkaReadingOptions { Follow = true, OnGap = gaps.Add };

        // The client fetches one message at a time, so that it has not fetched those that are deleted.
        options.Settings["fetch.message.max.bytes"] = "1000";
        options.Settings["queued.min.messages"] = "1";
        options.Settings["fetch.queue.backoff.ms"] = "1";
        var offsets = new List<long>();
        await foreach (var stored in KafkaEvents.ReadAsync(_cluster.Addresses, _topic, options, Token))
        {
            if (offsets.Count == 0)
            {
                await backplane.DeliveredAsync([.. Enumerable.Range(0, 200).Select(_ => TestEvents.OfSize(70_000, "u"))]);
            }

            offsets.Add(stored.Position.Offset);
            if (gaps.Count > 0)
            {
                break;
            }
        }

        Assert.Equal(offsets[^2] + 1, Assert.Single(gaps).Expected.Offset);
        Assert.Equal(offsets[^1], gaps[0].Next);
        Assert.True(offsets[^1] > offsets[^2] + 1);
    }

    [Fact]
    public async Task Cancellation_ends_the_wait_for_brokers()
    {
        await _cluster.TakeAllDownAsync();
        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => KafkaEvents.ReadAsync(_cluster.Addresses, _topic, new() { Timeout = TimeSpan.FromSeconds(2) }, soon.Token).ToListAsync(Token).AsTask());
    }

    private static KafkaReadingOptions Impatient(bool follow = false) => new() { Timeout = TimeSpan.FromSeconds(1), Follow = follow };

    private static KafkaReadingOptions Secured(SaslProxy proxy, string password)
    {
        var options = new KafkaReadingOptions { Timeout = TimeSpan.FromSeconds(3) };
        options.Settings["security.protocol"] = "sasl_ssl";
        options.Settings["sasl.mechanism"] = "PLAIN";
        options.Settings["sasl.username"] = "user";
        options.Settings["sasl.password"] = password;
        options.Settings["ssl.ca.location"] = proxy.CertificatePath;
        return options;
    }

    private Task<List<KafkaStoredEvent>> ReadAsync(KafkaReadingOptions? options = null, string? topic = null, string? servers = null) =>
        KafkaEvents.ReadAsync(servers ?? _cluster.Addresses, topic ?? _topic, options ?? Impatient(), Token).ToListAsync(Token).AsTask();

    private async Task PublishAsync(int count)
    {
        await using var backplane = new KafkaDataBackplane(new() { BootstrapServers = _cluster.Addresses, Topic = _topic });
        await backplane.DeliveredAsync(TestEvents.Exposures(count));
    }
}
