using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.Kafka.Tests.Registration;

public sealed class EventHubsOptionsTests
{
    private const string Good = "Endpoint=sb://shop.servicebus.windows.net/;SharedAccessKeyName=send;SharedAccessKey=aGlkZGVu=";

    [Fact]
    public void Everything_follows_from_the_connection_string()
    {
        using var services = new ServiceCollection().AddEventHubsDataBackplane(Good, "experiments").BuildServiceProvider();

        var options = services.GetRequiredService<IOptionsMonitor<KafkaDataBackplaneOptions>>().Get("EventHubs:0");

        Assert.Equal(("shop.servicebus.windows.net:9093", "experiments", 1_000_000), (options.BootstrapServers, options.Topic, options.MaxMessageBytes));
        Assert.Equal(
            ("sasl_ssl", "PLAIN", "$ConnectionString", Good),
            (options.Settings["security.protocol"], options.Settings["sasl.mechanism"], options.Settings["sasl.username"], options.Settings["sasl.password"]));
    }

    [Fact]
    public void The_emulator_has_no_TLS()
    {
        using var services = new ServiceCollection().AddEventHubsDataBackplane("Endpoint=sb://localhost;SharedAccessKeyName=a;SharedAccessKey=b;UseDevelopmentEmulator=true;", "hub").BuildServiceProvider();

        var options = services.GetRequiredService<IOptionsMonitor<KafkaDataBackplaneOptions>>().Get("EventHubs:0");

        Assert.Equal(("localhost:9092", "sasl_plaintext"), (options.BootstrapServers, options.Settings["security.protocol"]));
    }

    [Theory]
    [InlineData("SharedAccessKeyName=send;SharedAccessKey=aGlkZGVu", "has no Endpoint.")]
    [InlineData("Endpoint=https://shop.servicebus.windows.net/;SharedAccessKeyName=send;SharedAccessKey=aGlkZGVu", "has an Endpoint that is not 'sb://")]
    [InlineData("Endpoint=sb://shop.servicebus.windows.net/;SharedAccessKey=aGlkZGVu", "has no SharedAccessKeyName.")]
    [InlineData("Endpoint=sb://shop.servicebus.windows.net/;SharedAccessKeyName=send", "has no SharedAccessKey.")]
    [InlineData("Endpoint=sb://shop.servicebus.windows.net/;SharedAccessKeyName=send;SharedAccessKey=aGlkZGVu;EntityPath=other", "is for the event hub 'other' (EntityPath), not for 'experiments'.")]
    [InlineData("Endpoint=sb://shop.servicebus.windows.net/;SharedAccessKeyName=send;SharedAccessKey=", "has a part that is not 'Name=Value'")]
    [InlineData("aGlkZGVu", "has a part that is not 'Name=Value'")]
    public void A_part_that_is_missing_or_wrong_is_named_and_the_key_is_not_shown(string connectionString, string problem)
    {
        var error = Assert.Throws<ArgumentException>(() => new ServiceCollection().AddEventHubsDataBackplane(connectionString, "experiments"));

        Assert.StartsWith("The connection string of Event Hubs " + problem, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("aGlkZGVu", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Endpoint=sb://shop.servicebus.windows.net/;SharedAccessSignature=SharedAccessSignature sr=a&sig=b&se=1&skn=c")]
    [InlineData(Good + ";EntityPath=EXPERIMENTS")]
    public void Signatures_and_strings_of_a_hub_are_accepted(string connectionString) =>
        Assert.Single(new ServiceCollection().AddEventHubsDataBackplane(connectionString, "experiments"), descriptor => descriptor.ServiceType == typeof(IDataBackplane));

    [Fact]
    public void The_configuration_of_Kafka_destinations_is_not_read()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["DataPlane:Kafka:Settings:compression.type"] = "lz4" }).Build();
        using var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddKafkaDataBackplane("a:1", "t").AddEventHubsDataBackplane(Good, "experiments").BuildServiceProvider();

        var options = services.GetRequiredService<IOptionsMonitor<KafkaDataBackplaneOptions>>();

        Assert.True(options.Get(Options.DefaultName).Settings.ContainsKey("compression.type"));
        Assert.False(options.Get("EventHubs:0").Settings.ContainsKey("compression.type"));
    }
}
