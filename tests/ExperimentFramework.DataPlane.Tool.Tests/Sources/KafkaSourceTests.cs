using System.Text.Json.Nodes;
using Confluent.Kafka;
using ExperimentFramework.DataPlane.Kafka;
using ExperimentFramework.DataPlane.Kafka.Tests;
using ExperimentFramework.DataPlane.Tool.Tests.Schemas;
using ExperimentFramework.DataPlane.Tool.Tests.Streams;

namespace ExperimentFramework.DataPlane.Tool.Tests.Sources;

/// <summary>Topics are read like files, to the end that they had at the start; what is secret comes from the environment.</summary>
public sealed class KafkaSourceTests(SharedCluster shared)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("inspect")]
    [InlineData("srm")]
    [InlineData("readout", "-e", "checkout")]
    public async Task The_answer_about_a_topic_is_that_about_a_file(string command, params string[] options)
    {
        using var tool = new ToolFixture();
        var events = SampleStream.All.Concat(SampleStream.Purchases).OrderBy(envelope => (envelope.Timestamp, envelope.EventId)).ToArray();
        await File.WriteAllBytesAsync(tool.Path("events.jsonl"), SampleStream.Lines(events), Token);
        var address = await AddressAsync(events);

        var ofFile = await tool.RunAsync([command, tool.Path("events.jsonl"), "--json", .. options]);
        var ofTopic = await tool.RunAsync([command, address, "--json", .. options]);

        Assert.Equal((ofFile.Code, ""), (ofTopic.Code, ofTopic.Error));
        Assert.Equal(WithoutFiles(ofFile), WithoutFiles(ofTopic));
    }

    [Fact]
    public async Task A_topic_and_a_file_are_one_stream()
    {
        using var tool = new ToolFixture();
        await File.WriteAllBytesAsync(tool.Path("events.jsonl"), SampleStream.Lines(SampleStream.Few.Take(20)), Token);

        var run = await tool.RunAsync("inspect", tool.Path("events.jsonl"), await AddressAsync([.. SampleStream.Few.Skip(20)]), "--json");

        var answer = JsonNode.Parse(run.Output)!;
        Assert.Equal(SampleStream.Few.Count, (int)answer["events"]!);
        Assert.Equal(["jsonl", "kafka"], answer["files"]!.AsArray().Select(file => (string)file!["format"]!));
    }

    [Fact]
    public async Task Following_shows_what_arrives_after_what_was_read()
    {
        using var tool = new ToolFixture();
        var address = await AddressAsync([.. SampleStream.Few.Take(20)]);
        var source = KafkaSource.Parse(address)!;
        var console = tool.Console(TimeProvider.System);
        Assert.Equal(20, await source.ReadAsync(console, Fail, Token).CountAsync(Token));

        await PublishAsync(address, [.. SampleStream.Few.Skip(20).Take(10)]);
        var followed = await new FollowedSources([source.FollowAsync(console, Fail, static () => { }, Token)], new SeenEvents()).ReadAsync(Token).Take(10).ToListAsync(Token);

        Assert.Equal(SampleStream.Few.Skip(20).Take(10).Select(envelope => envelope.EventId).Order(), followed.Select(envelope => envelope.EventId).Order());

        static void Fail(SourceFault fault) => Assert.Fail(fault.Message);
    }

    [Fact]
    public async Task A_topic_that_is_followed_is_reached_when_its_server_answers_even_if_it_has_no_events()
    {
        using var tool = new ToolFixture();
        var source = KafkaSource.Parse(await AddressAsync([]))!;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => source.FollowAsync(tool.Console(TimeProvider.System), fault => Assert.Fail(fault.Message), end.Cancel, end.Token).CountAsync(Token).AsTask());
    }

    [Fact]
    public async Task Following_reports_what_retention_has_deleted_since_and_continues_after_it()
    {
        using var tool = new ToolFixture();
        var cluster = await shared.GetAsync();
        var address = $"kafka://{cluster.Addresses}/{await cluster.CreateTopicAsync(1)}";
        await PublishAsync(address, [.. SampleStream.Few.Take(5)]);
        var source = KafkaSource.Parse(address)!;
        var console = tool.Console(TimeProvider.System);
        Assert.Equal(5, await source.ReadAsync(console, fault => Assert.Fail(fault.Message), Token).CountAsync(Token));

        // The partition keeps 5 MiB.
        await PublishAsync(address, [.. Enumerable.Range(0, 100).Select(_ => SampleStream.Few[0] with { EventId = Guid.NewGuid(), Metadata = new Dictionary<string, string> { ["text"] = new('x', 70_000) } })]);
        List<string> faults = [];
        var read = await source.FollowAsync(console, fault => faults.Add(fault.Message), static () => { }, Token).Take(10).CountAsync(Token);
        await source.FollowAsync(console, fault => faults.Add(fault.Message), static () => { }, Token).Take(1).CountAsync(Token);

        Assert.Equal(10, read);
        Assert.Matches($"^Partition 0 of '{source.Name}' lost [0-9]+ messages to the topic's retention before reading\\. Reading continues at offset [0-9]+\\.$", Assert.Single(faults));
    }

    [Theory]
    [InlineData(1_500L, "Partition 3 of 'kafka://b:9092/t' lost 1,400 messages to the topic's retention before reading. Reading continues at offset 1500.")]
    [InlineData(101L, "Partition 3 of 'kafka://b:9092/t' lost 1 message to the topic's retention before reading. Reading continues at offset 101.")]
    [InlineData(7L, "Partition 3 of 'kafka://b:9092/t' ends before offset 100, at which reading would continue: the topic was deleted and created again. Reading continues at offset 7.")]
    [InlineData(null, "'kafka://b:9092/t' no longer has partition 3: the topic was deleted and created again. Reading continues with its other partitions.")]
    public void What_cannot_be_read_any_more_is_named(long? next, string text) =>
        Assert.Equal(text, KafkaSource.Describe("kafka://b:9092/t", new KafkaPosition("t", 3, 100), next));

    [Fact]
    public async Task A_topic_that_is_empty_or_does_not_exist_is_an_error()
    {
        using var tool = new ToolFixture();
        var address = await AddressAsync([]);

        var empty = await tool.RunAsync("inspect", address);
        var missing = await tool.RunAsync("srm", address[..address.LastIndexOf('/')] + "/no-such-topic");

        Assert.Equal((2, ""), (empty.Code, empty.Output));
        Assert.Contains("is empty: it has no events. Was another topic meant", empty.Error, StringComparison.Ordinal);
        Assert.Equal((2, ""), (missing.Code, missing.Output));
        Assert.Contains("Topic 'no-such-topic' does not exist.", missing.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kafka://", "'kafka://' is empty; it must be one or more addresses")]
    [InlineData("kafka://broker:none/t", "has the address 'broker:none'")]
    [InlineData("kafka://broker", "The topic of 'kafka://broker'")]
    [InlineData("kafka://broker/a b", "The topic of 'kafka://broker/a b'")]
    [InlineData("kafka://broker/t?group.id=g", "must not contain 'group.id'")]
    [InlineData("kafka://broker/t?sasl.password=hidden", "Set DATAPLANE_KAFKA_SASL_PASSWORD in the environment")]
    [InlineData("kafka://user:hidden@broker/t", "Set DATAPLANE_KAFKA_SASL_USERNAME and DATAPLANE_KAFKA_SASL_PASSWORD in the environment")]
    public async Task A_wrong_address_is_refused_with_the_right_form_and_no_secret_is_quoted(string address, string message)
    {
        using var tool = new ToolFixture();

        var run = await tool.RunAsync("inspect", address);

        Assert.Equal((2, ""), (run.Code, run.Output));
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kafka://broker/t", "kafka://broker:9092/t")]
    [InlineData("KAFKA://one:1,two/t?security.protocol=ssl", "kafka://one:1,two:9092/t")]
    [InlineData("kafka://broker/t?enable.ssl.certificate.verification=false", "kafka://broker:9092/t")]
    [InlineData("kafka://[::1]/t", "kafka://[::1]:9092/t")]
    [InlineData("kafka://[::1]:1/t/", "kafka://[::1]:1/t")]
    public void The_name_is_the_address_with_its_ports_and_without_settings(string address, string name) => Assert.Equal(name, KafkaSource.Parse(address)!.Name);

    [Fact]
    public async Task Security_settings_come_from_the_environment_and_are_in_no_message()
    {
        using var tool = new ToolFixture();
        tool.Variables["DATAPLANE_KAFKA_SECURITY_PROTOCOL"] = "sasl_plaintext";
        tool.Variables["DATAPLANE_KAFKA_SASL_MECHANISM"] = "NO-SUCH";
        tool.Variables["DATAPLANE_KAFKA_SASL_PASSWORD"] = "hidden";
        tool.Variables["DATAPLANE_KAFKA_EVENTS"] = "1";

        var run = await tool.RunAsync("inspect", "kafka://127.0.0.1:1/t", "--json");

        Assert.Equal((2, ""), (run.Code, run.Output));
        Assert.Contains("NO-SUCH", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_that_is_no_event_is_named_by_its_partition_and_offset()
    {
        using var tool = new ToolFixture();
        var address = await AddressAsync([.. SampleStream.Few.Take(5)]);
        var parts = address["kafka://".Length..].Split('/');
        using (var producer = new ProducerBuilder<Null, string>(new ProducerConfig { BootstrapServers = parts[0] }).Build())
        {
            await Eventually.Holds(async () => (await producer.ProduceAsync(new TopicPartition(parts[1], 2), new Message<Null, string> { Value = "{}" }, Token)).Status == PersistenceStatus.Persisted);
        }

        var run = await tool.RunAsync("verify", address, "--json");

        var fault = JsonNode.Parse(run.Output)!["firstFaults"]!.AsArray().Single()!;
        Assert.Equal((2, 2), ((int)fault["partition"]!, run.Code));
        Assert.True((long)fault["offset"]! >= 0);
        Assert.Null(fault["line"]);
        await AnswerSchema.RequireAsync("verify", run);
    }

    private static string WithoutFiles(ToolRun run)
    {
        var answer = JsonNode.Parse(run.Output)!.AsObject();
        answer.Remove("files");
        return answer.ToJsonString();
    }

    private async Task<string> AddressAsync(DataPlaneEnvelope[] events)
    {
        var cluster = await shared.GetAsync();
        var address = $"kafka://{cluster.Addresses}/{await cluster.CreateTopicAsync(4)}";
        await PublishAsync(address, events);
        return address;
    }

    private static async Task PublishAsync(string address, DataPlaneEnvelope[] events)
    {
        var parts = address["kafka://".Length..].Split('/');
        await using var backplane = new KafkaDataBackplane(new() { BootstrapServers = parts[0], Topic = parts[1] });
        await Eventually.Holds(async () =>
        {
            var result = events.Length == 0 ? BatchResult.Delivered : await backplane.PublishAsync(events, Token);
            events = [.. events.Where((_, index) => result[index] != DeliveryStatus.Delivered)];
            return events.Length == 0;
        });
    }
}
