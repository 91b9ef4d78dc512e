using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.Kafka.Tests.Registration;

public sealed class KafkaOptionsTests
{
    private const string Local = "localhost:1";

    [Fact]
    public void A_container_may_be_disposed_synchronously()
    {
        var services = new ServiceCollection().AddKafkaDataBackplane(Local, "experiments").BuildServiceProvider();
        Assert.Single(services.GetServices<IDataBackplane>());

        services.Dispose();
    }

    [Fact]
    public void Options_outside_their_ranges_stop_the_start_with_a_message_for_each()
    {
        using var services = new ServiceCollection()
            .AddKafkaDataBackplane("localhost", "a topic", options =>
            {
                options.Format = (EventFormat)9;
                options.Linger = TimeSpan.FromSeconds(2);
                options.MaxMessageBytes = 999;
                options.StatisticsInterval = TimeSpan.FromHours(2);
                options.Settings["acks"] = "1";
            })
            .BuildServiceProvider();

        var error = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IStartupValidator>().Validate());

        Assert.Equal(
            "KafkaDataBackplaneOptions.BootstrapServers has the address 'localhost'; each must be 'host:port' with a port from 1 to 65535, separated by commas. "
            + "KafkaDataBackplaneOptions.Topic is 'a topic'; it must be 1 to 200 letters, digits, dots, underscores and hyphens of ASCII, and not only one or two dots. "
            + "KafkaDataBackplaneOptions.Format is 9; it must be one of Json, CloudEvents. "
            + "KafkaDataBackplaneOptions.Linger is 00:00:02; it must be from 0 to 1 s. "
            + "KafkaDataBackplaneOptions.MaxMessageBytes is 999; it must be from 1000 to 1000000000. "
            + "KafkaDataBackplaneOptions.StatisticsInterval is 02:00:00; it must be from 0 to 1 hour. "
            + "KafkaDataBackplaneOptions.Settings must not contain 'acks': an event is delivered once all replicas in sync have it, once per attempt and in order.",
            error.Message);
    }

    [Theory]
    [InlineData(0, 1_000, 0, true)]
    [InlineData(1_000, 1_000_000_000, 3_600, true)]
    [InlineData(1_001, 1_000, 0, false)]
    [InlineData(0, 1_000_000_001, 0, false)]
    [InlineData(0, 1_000, 3_601, false)]
    public void Ranges_include_their_ends(int linger, int bytes, int statistics, bool isValid)
    {
        var options = new KafkaDataBackplaneOptions
        {
            BootstrapServers = Local, Topic = "t", Linger = TimeSpan.FromMilliseconds(linger), MaxMessageBytes = bytes, StatisticsInterval = TimeSpan.FromSeconds(statistics),
        };

        Assert.Equal(isValid, !KafkaDataBackplaneOptionsValidator.Errors(options).Any());
    }

    [Theory]
    [InlineData("a:1", true)]
    [InlineData("a:1, b.example:65535,[::1]:9092", true)]
    [InlineData("a:1,", false)]
    [InlineData(":1", false)]
    [InlineData("a:0", false)]
    [InlineData("a:65536", false)]
    [InlineData("a:+1", false)]
    [InlineData(" ", false)]
    public void Addresses_are_hosts_with_ports(string addresses, bool isValid) => Assert.Equal(isValid, BrokerAddresses.Error(addresses) is null);

    [Theory]
    [InlineData("experiments", true)]
    [InlineData("a.b_c-9", true)]
    [InlineData("", false)]
    [InlineData(".", false)]
    [InlineData("..", false)]
    [InlineData("ä", false)]
    [InlineData("a/b", false)]
    public void Topics_have_the_characters_that_Kafka_allows(string topic, bool isValid) => Assert.Equal(isValid, TopicNames.Error(topic) is null);

    [Theory]
    [InlineData("ACKS", "all")]
    [InlineData("enable.idempotence", "false")]
    [InlineData("max.in.flight", "1")]
    [InlineData("message.timeout.ms", "300000")]
    [InlineData("transactional.id", "a")]
    [InlineData("linger.ms", "5")]
    [InlineData("partitioner", "random")]
    [InlineData("delivery.report.only.error", "true")]
    [InlineData("compression.type", "")]
    public void Settings_that_would_break_a_guarantee_are_refused(string name, string value)
    {
        var options = new KafkaDataBackplaneOptions { BootstrapServers = Local, Topic = "t" };
        options.Settings[name] = value;

        Assert.Contains($"'{name}'", Assert.Single(KafkaDataBackplaneOptionsValidator.Errors(options)), StringComparison.Ordinal);
    }

    [Fact]
    public void The_client_gives_an_event_up_before_the_pipeline_does_and_holds_two_batches_at_most()
    {
        var settings = ClientSettings.OfProducer(
            new() { BootstrapServers = Local, Topic = "t", Linger = TimeSpan.FromMilliseconds(1) }, new DataPlaneOptions { PublishTimeout = TimeSpan.FromSeconds(10), BatchSize = 300 });

        Assert.Equal(("8000", "600", "1", "all", "true"), (
            settings["message.timeout.ms"], settings["queue.buffering.max.messages"], settings["linger.ms"], settings["acks"], settings["enable.idempotence"]));
    }

    [Fact]
    public void A_setting_that_the_client_does_not_know_stops_the_start_and_no_secret_is_quoted()
    {
        var options = new KafkaDataBackplaneOptions { BootstrapServers = Local, Topic = "t" };
        options.Settings["sasl.password"] = "hidden";
        options.Settings["no.such.password"] = "hidden";

        var error = Assert.Throws<InvalidOperationException>(() => new KafkaDataBackplane(options));

        Assert.StartsWith("The Kafka client refuses the settings of topic 't': No such configuration property: \"no.such.password\"", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_missing_stops_the_start_and_the_setting_is_named()
    {
        var options = new KafkaDataBackplaneOptions { BootstrapServers = Local, Topic = "t" };
        options.Settings["security.protocol"] = "ssl";
        options.Settings["ssl.ca.location"] = "/no/such/ca.pem";

        var error = Assert.Throws<InvalidOperationException>(() => new KafkaDataBackplane(options));

        Assert.Contains("ssl.ca.location", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_section_is_bound_and_code_takes_precedence()
    {
        using var services = WithSection(new()
            {
                ["BootstrapServers"] = "a:1", ["Topic"] = "configured", ["TopicPerEventType"] = "true", ["Format"] = "CloudEvents", ["Linger"] = "00:00:00.001", ["MaxMessageBytes"] = "5000",
                ["StatisticsInterval"] = "00:01:00", ["Settings:compression.type"] = "lz4",
            })
            .AddKafkaDataBackplane(options => options.Topic = "code")
            .BuildServiceProvider();

        var options = services.GetRequiredService<IOptions<KafkaDataBackplaneOptions>>().Value;

        Assert.Equal(
            ("a:1", "code", true, EventFormat.CloudEvents, TimeSpan.FromMilliseconds(1), 5_000, TimeSpan.FromMinutes(1), "lz4"),
            (options.BootstrapServers, options.Topic, options.TopicPerEventType, options.Format, options.Linger, options.MaxMessageBytes, options.StatisticsInterval, options.Settings["compression.type"]));
    }

    [Theory]
    [InlineData("Topics", "a", "Configuration key 'DataPlane:Kafka:Topics' is unknown; expected one of BootstrapServers, Topic, TopicPerEventType, Format, Linger, MaxMessageBytes, StatisticsInterval, Settings.")]
    [InlineData("Settings", "a", "Configuration key 'DataPlane:Kafka:Settings' has a single value; it must be a section with keys of its own.")]
    [InlineData("MaxMessageBytes", "1MB", "Configuration value 'DataPlane:Kafka:MaxMessageBytes' is '1MB'; it must be a number of bytes without a unit: 1000000.")]
    public void A_key_that_nothing_would_read_stops_the_start(string key, string value, string message)
    {
        using var services = WithSection(new() { [key] = value }).AddKafkaDataBackplane(Local, "t").BuildServiceProvider();

        var error = Assert.Throws<InvalidOperationException>(() => services.GetRequiredService<IStartupValidator>().Validate());

        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a:1,b:1", "B:1, a:1")]
    [InlineData("a:1", "a:1")]
    public async Task Two_destinations_for_one_topic_stop_the_start(string one, string other)
    {
        await using var services = new ServiceCollection().AddKafkaDataBackplane(one, "t").AddKafkaDataBackplane(other, "t").BuildServiceProvider();

        var error = Assert.Throws<InvalidOperationException>(() => services.GetServices<IDataBackplane>().Count());

        Assert.StartsWith("Two Kafka destinations write to the topic 't'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_topics_are_two_destinations()
    {
        await using var services = new ServiceCollection().AddKafkaDataBackplane(Local, "one").AddKafkaDataBackplane(Local, "two").BuildServiceProvider();

        Assert.Equal(2, services.GetServices<IDataBackplane>().Count());
    }

    [Theory]
    [InlineData(null, "t", "bootstrapServers")]
    [InlineData("", "t", "bootstrapServers")]
    [InlineData(Local, "", "topic")]
    public void Arguments_that_are_missing_are_refused(string? servers, string topic, string name) =>
        Assert.Equal(name, Assert.ThrowsAny<ArgumentException>(() => new ServiceCollection().AddKafkaDataBackplane(servers!, topic)).ParamName);

    private static IServiceCollection WithSection(Dictionary<string, string?> values) => new ServiceCollection().AddSingleton<IConfiguration>(
        new ConfigurationBuilder().AddInMemoryCollection(values.Select(value => KeyValuePair.Create("DataPlane:Kafka:" + value.Key, value.Value))).Build());
}
