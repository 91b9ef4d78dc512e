using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Testing;

namespace ExperimentFramework.DataPlane.Kafka.Tests.Delivery;

/// <summary>TLS and passwords. What is refused is an outage of the destination with its reason, and never a rejection of events; no secret is shown.</summary>
public sealed class SecurityTests : IAsyncLifetime
{
    private const string Secret = "s3cr3t-0f-th3-t3st";
    private const string WrongSecret = "wr0ng-0f-th3-t3st";

    private static readonly DataPlaneOptions Impatient = new() { PublishTimeout = TimeSpan.FromSeconds(4) };

    private readonly FakeLogCollector _logs = FakeLogCollector.Create(new FakeLogCollectorOptions());
    private KafkaCluster _cluster = null!;
    private string _topic = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _cluster = await KafkaCluster.StartAsync(brokers: 1);
        _topic = await _cluster.CreateTopicAsync();
    }

    public ValueTask DisposeAsync() => _cluster?.DisposeAsync() ?? default;

    [Fact]
    public async Task Events_are_delivered_through_TLS_with_a_password()
    {
        await using var proxy = await ProxyAsync(Secret);
        await using var backplane = Create(proxy, Secret, proxy.CertificatePath);

        await backplane.DeliveredAsync(TestEvents.Exposures(2_000));

        Assert.Equal(2_000, await CountAsync());
        AssertNoSecret(Secret, (await backplane.HealthAsync(Token)).Description);
    }

    [Fact]
    public async Task A_wrong_password_is_an_outage_and_the_reason_is_given()
    {
        await using var proxy = await ProxyAsync(Secret);
        await using var backplane = Create(proxy, WrongSecret, proxy.CertificatePath);

        await AssertOutageAsync(backplane, "Invalid secret", WrongSecret);
    }

    [Fact]
    public async Task A_certificate_that_is_not_trusted_is_an_outage_and_the_reason_is_given()
    {
        await using var proxy = await ProxyAsync(Secret);
        await using var other = await ProxyAsync(Secret);
        await using var backplane = Create(proxy, Secret, other.CertificatePath);

        await AssertOutageAsync(backplane, "certificate verify failed", Secret);
    }

    [Fact]
    public async Task Event_Hubs_gets_its_connection_string_as_the_password()
    {
        const string ConnectionString = "Endpoint=sb://localhost/;SharedAccessKeyName=send;SharedAccessKey=aW52YWxpZA==";
        await using var proxy = await ProxyAsync(ConnectionString);
        await using var services = new ServiceCollection()
            .AddEventHubsDataBackplane(ConnectionString, _topic, options =>
            {
                options.BootstrapServers = $"localhost:{proxy.Port}";
                options.Settings["ssl.ca.location"] = proxy.CertificatePath;
            })
            .BuildServiceProvider();

        await services.GetServices<IDataBackplane>().Single().DeliveredAsync(TestEvents.Exposures(100));

        Assert.Equal(["$ConnectionString"], proxy.UserNames);
        Assert.Equal(100, await CountAsync());
    }

    private async Task AssertOutageAsync(KafkaDataBackplane backplane, string reason, string secret)
    {
        var result = await backplane.PublishAsync(TestEvents.Exposures(10), Token);
        var health = await backplane.HealthAsync(Token);

        Assert.All(result.Statuses(10), status => Assert.Equal(DeliveryStatus.TransientFailure, status));
        Assert.Contains(reason, result.Error!.Message, StringComparison.OrdinalIgnoreCase);
        Assert.False(health.IsHealthy);
        Assert.Contains(reason, health.Description, StringComparison.OrdinalIgnoreCase);
        AssertNoSecret(secret, result.Error.ToString(), health.Description);
    }

    private void AssertNoSecret(string secret, params IEnumerable<string?> texts)
    {
        var logged = _logs.GetSnapshot();
        Assert.NotEmpty(logged);
        Assert.All(texts.Concat(logged.Select(record => record.Message)), text => Assert.DoesNotContain(secret, text, StringComparison.Ordinal));
    }

    /// <summary>Counts what is stored, without the proxy.</summary>
    private async Task<int> CountAsync()
    {
        var address = _cluster.Addresses.Split(':');
        await _cluster.AdvertiseAsync(address[0], int.Parse(address[1], CultureInfo.InvariantCulture));
        return (await Kcat.ReadValuesAsync(_cluster.Addresses, _topic)).Count;
    }

    private async Task<SaslProxy> ProxyAsync(string password)
    {
        var proxy = new SaslProxy(_cluster.Addresses, password);
        await _cluster.AdvertiseAsync("localhost", proxy.Port);
        return proxy;
    }

    /// <summary>With the log of the client, in which a secret would show most likely.</summary>
    private KafkaDataBackplane Create(SaslProxy proxy, string password, string certificate)
    {
        var options = new KafkaDataBackplaneOptions { BootstrapServers = $"localhost:{proxy.Port}", Topic = _topic };
        options.Settings["security.protocol"] = "sasl_ssl";
        options.Settings["sasl.mechanism"] = "PLAIN";
        options.Settings["sasl.username"] = "user";
        options.Settings["sasl.password"] = password;
        options.Settings["ssl.ca.location"] = certificate;
        options.Settings["debug"] = "security,conf";
        return new KafkaDataBackplane(options, Impatient, logger: new FakeLogger(_logs, "Kafka"));
    }
}
