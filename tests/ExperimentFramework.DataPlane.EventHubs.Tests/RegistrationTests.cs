using Azure.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.EventHubs.Tests;

/// <summary>Registration, and what is refused before anything is sent.</summary>
public sealed class RegistrationTests
{
    private const string Key = "c2VjcmV0LWtleQ==";
    private const string Complete = $"Endpoint=sb://shop.servicebus.windows.net/;SharedAccessKeyName=sender;SharedAccessKey={Key};EntityPath=events";

    [Theory]
    [InlineData($"SharedAccessKeyName=sender;SharedAccessKey={Key};EntityPath=events", null, "has no Endpoint")]
    [InlineData($"Endpoint=sb://shop.servicebus.windows.net/;SharedAccessKey={Key};EntityPath=events", null, "has no SharedAccessKeyName")]
    [InlineData("Endpoint=sb://shop.servicebus.windows.net/;SharedAccessKeyName=sender;EntityPath=events", null, "has no SharedAccessKey")]
    [InlineData($"Endpoint=sb://shop.servicebus.windows.net/;SharedAccessKeyName=sender;SharedAccessKey={Key}", null, "has no EntityPath, and no name of an event hub is given beside it")]
    [InlineData($"SharedAccessKey={Key};nonsense", "events", "cannot be read")]
    [InlineData(Complete, "other", "is for the event hub 'events' (EntityPath), and the name that is given beside it is 'other'")]
    [InlineData("", "events", "is empty")]
    public void A_connection_string_is_refused_by_the_part_that_is_missing_and_never_quoted(string connectionString, string? hub, string message)
    {
        var error = Assert.ThrowsAny<ArgumentException>(() => new ServiceCollection().AddEventHubsAmqpDataBackplane(connectionString, hub));

        Assert.StartsWith($"The connection string {message}", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, error.Message, StringComparison.Ordinal);
        Assert.Equal("connectionString", error.ParamName);
    }

    [Theory]
    [InlineData(Complete, null)]
    [InlineData(Complete, "events")]
    [InlineData($"Endpoint=sb://shop.servicebus.windows.net/;SharedAccessKeyName=sender;SharedAccessKey={Key}", "events")]
    [InlineData("Endpoint=sb://shop.servicebus.windows.net/;SharedAccessSignature=SharedAccessSignature sr=sb%3A%2F%2Fshop%2Fevents&sig=c2ln&se=4102444800&skn=sender;EntityPath=events", null)]
    public async Task A_complete_connection_string_makes_a_destination_that_has_not_connected_yet(string connectionString, string? hub)
    {
        await using var provider = new ServiceCollection().AddEventHubsAmqpDataBackplane(connectionString, hub).BuildServiceProvider();

        Assert.IsType<EventHubsAmqpDataBackplane>(Assert.Single(provider.GetServices<IDataBackplane>()));
    }

    [Fact]
    public async Task With_Entra_ID_a_credential_is_passed_or_registered_and_missed_by_name()
    {
        await using var without = new ServiceCollection().AddEventHubsAmqpDataBackplane("shop.servicebus.windows.net", "events", credential: null).BuildServiceProvider();
        await using var registered = new ServiceCollection().AddSingleton<TokenCredential>(new FakeCredential())
            .AddEventHubsAmqpDataBackplane("shop.servicebus.windows.net", "events", credential: null).BuildServiceProvider();
        await using var passed = new ServiceCollection().AddEventHubsAmqpDataBackplane("shop.servicebus.windows.net", "events", new FakeCredential()).BuildServiceProvider();

        Assert.StartsWith(
            "No TokenCredential is given or registered for event hub 'events' of shop.servicebus.windows.net. Pass one",
            Assert.Throws<InvalidOperationException>(() => without.GetServices<IDataBackplane>().ToList()).Message,
            StringComparison.Ordinal);
        Assert.Single(registered.GetServices<IDataBackplane>());
        Assert.Single(passed.GetServices<IDataBackplane>());
    }

    [Theory]
    [InlineData("", "events")]
    [InlineData("shop.servicebus.windows.net", " ")]
    [InlineData("sb://shop.servicebus.windows.net/", "events")]
    [InlineData(Complete, "events")]
    public void What_is_no_namespace_or_hub_is_refused(string fullyQualifiedNamespace, string hub)
    {
        var error = Assert.ThrowsAny<ArgumentException>(() => new ServiceCollection().AddEventHubsAmqpDataBackplane(fullyQualifiedNamespace, hub, new FakeCredential()));

        Assert.DoesNotContain(Key, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_call_for_a_hub_adds_no_second_destination_and_one_for_another_hub_does()
    {
        await using var provider = new ServiceCollection()
            .AddEventHubsAmqpDataBackplane(Complete)
            .AddEventHubsAmqpDataBackplane(Complete, "events")
            .AddEventHubsAmqpDataBackplane("shop.servicebus.windows.net", "others", new FakeCredential())
            .BuildServiceProvider();

        Assert.Equal(2, provider.GetServices<IDataBackplane>().Count());
    }

    [Fact]
    public void The_section_is_bound_and_code_overrides_it()
    {
        var options = Options([("Format", "cloudEvents"), ("SendTimeout", "00:00:20"), ("MaxConcurrentSends", "8")], options => options.MaxConcurrentSends = 4);

        Assert.Equal((EventFormat.CloudEvents, TimeSpan.FromSeconds(20), 4), (options.Format, options.SendTimeout, options.MaxConcurrentSends));
    }

    [Theory]
    [InlineData("Timeout", "00:00:20", "Configuration key 'DataPlane:EventHubsAmqp:Timeout' is unknown; expected one of Format, SendTimeout, MaxConcurrentSends.")]
    [InlineData("Format", "Avro", "Configuration value 'DataPlane:EventHubsAmqp:Format' is 'Avro'; it must be one of Json, CloudEvents.")]
    [InlineData("SendTimeout", "20", "Configuration value 'DataPlane:EventHubsAmqp:SendTimeout' is '20', which .NET parses as 20 days.")]
    public void A_section_that_is_not_understood_stops_the_start(string key, string value, string message) =>
        Assert.StartsWith(message, Assert.Throws<InvalidOperationException>(() => Options([(key, value)])).Message, StringComparison.Ordinal);

    [Fact]
    public void A_value_out_of_its_range_is_named_with_the_range()
    {
        var error = Assert.Throws<OptionsValidationException>(() => Options([("SendTimeout", "00:10:00"), ("MaxConcurrentSends", "0"), ("Format", "7")]));

        Assert.Equal(
            "Configuration value 'DataPlane:EventHubsAmqp:Format' is 7; it must be one of Json, CloudEvents. "
            + "Configuration value 'DataPlane:EventHubsAmqp:SendTimeout' is 00:10:00; it must be from 1 s to 00:05:00. "
            + "Configuration value 'DataPlane:EventHubsAmqp:MaxConcurrentSends' is 0; it must be from 1 to 1000.",
            error.Message);
    }

    private static EventHubsAmqpDataBackplaneOptions Options((string Key, string Value)[] section, Action<EventHubsAmqpDataBackplaneOptions>? configure = null)
    {
        using var provider = new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder()
                .AddInMemoryCollection(section.Select(entry => KeyValuePair.Create<string, string?>("DataPlane:EventHubsAmqp:" + entry.Key, entry.Value))).Build())
            .AddEventHubsAmqpDataBackplane(Complete, configure: configure)
            .BuildServiceProvider();
        return provider.GetRequiredService<IOptionsMonitor<EventHubsAmqpDataBackplaneOptions>>().Get("event hub 'events' of shop.servicebus.windows.net");
    }
}
