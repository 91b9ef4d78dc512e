namespace ExperimentFramework.DataPlane.Kafka.Tests.Reading;

public sealed class ReadingOptionsTests
{
    private const string Local = "localhost:9092";

    [Fact]
    public void Each_mistake_has_a_message_with_the_option_its_value_and_the_remedy()
    {
        var options = new KafkaReadingOptions { Timeout = TimeSpan.FromSeconds(0.5), GroupId = " " };
        options.StartPositions.Add(new KafkaPosition("other", 0, 0));
        options.StartPositions.Add(new KafkaPosition("t", 0, -1));
        options.StartPositions.Add(new KafkaPosition("t", 0, 1));
        options.Settings["Group.Id"] = "g";
        options.Settings["sasl.password"] = "";

        Assert.Equal(
            [
                "KafkaReadingOptions.Timeout is 00:00:00.5000000; it must be from 1 s to 1 hour.",
                "KafkaReadingOptions.GroupId is empty; it must be the name of a consumer group, or null.",
                "KafkaReadingOptions.GroupId is set, but Follow is not: the partitions of a group move among its members, so that no member knows its end. Set Follow, or keep positions in StartPositions.",
                "KafkaReadingOptions.StartPositions and GroupId are both set; a group begins at the positions that it has stored. Remove one of them.",
                "KafkaReadingOptions.StartPositions has topic 'other', partition 0, offset 0; the topic must be one that is read, and neither number negative.",
                "KafkaReadingOptions.StartPositions has topic 't', partition 0, offset -1; the topic must be one that is read, and neither number negative.",
                "KafkaReadingOptions.StartPositions has topic 't', partition 0 twice; it must have one position for a partition.",
                "KafkaReadingOptions.Settings must not contain 'Group.Id': there is an option for it: KafkaReadingOptions.GroupId.",
                "KafkaReadingOptions.Settings has no value for 'sasl.password'; remove it, or set one.",
            ],
            KafkaReadingOptionsValidator.Errors(options, ["t"]));
        Assert.StartsWith("KafkaReadingOptions.Timeout is", Assert.Throws<ArgumentException>(() => KafkaEvents.ReadAsync(Local, "t", options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_followed_has_no_order_of_time() => Assert.StartsWith(
        "KafkaReadingOptions.OrderByTime and Follow are both set;",
        Assert.Single(KafkaReadingOptionsValidator.Errors(new KafkaReadingOptions { OrderByTime = true, Follow = true }, ["t"])),
        StringComparison.Ordinal);

    [Theory]
    [InlineData("", "t", "bootstrapServers")]
    [InlineData("localhost", "t", "bootstrapServers")]
    [InlineData(Local, "", "topics")]
    [InlineData(Local, "a topic", "topics")]
    public void Arguments_that_are_not_valid_are_refused_before_reading(string servers, string topic, string name) =>
        Assert.Equal(name, Assert.Throws<ArgumentException>(() => KafkaEvents.ReadAsync(servers, topic)).ParamName);

    [Fact]
    public void No_topic_is_refused() => Assert.Equal("topics", Assert.Throws<ArgumentException>(() => KafkaEvents.ReadAsync(Local, [])).ParamName);

    [Fact]
    public async Task A_setting_that_the_client_does_not_know_is_named_and_no_secret_is_quoted()
    {
        var options = new KafkaReadingOptions();
        options.Settings["sasl.password"] = "hidden";
        options.Settings["no.such.password"] = "hidden";

        var error = await Assert.ThrowsAsync<InvalidOperationException>(async () => await KafkaEvents.ReadAsync(Local, "t", options).ToListAsync(TestContext.Current.CancellationToken));

        Assert.StartsWith($"The Kafka client refuses the settings for reading Kafka topic 't' at {Local}: No such configuration property: \"no.such.password\"", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", error.ToString(), StringComparison.Ordinal);
    }
}
