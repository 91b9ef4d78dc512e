using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.EventHubs.Tests;

/// <summary>Entra ID: a token of the credential opens the hub, over TLS.</summary>
public sealed class TokenTests : IDisposable
{
    private readonly X509Certificate2 _certificate = CreateCertificate();
    private readonly HubServer _server;

    public TokenTests() => _server = HubServer.Start(certificate: _certificate);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_token_of_the_credential_is_put_and_events_arrive()
    {
        var credential = new FakeCredential();
        await using var provider = Services(credential).BuildServiceProvider();
        var backplane = Assert.Single(provider.GetServices<IDataBackplane>());

        Assert.Null((await backplane.PublishAsync(TestClient.Exposures(0, 10), Token)).Error);

        Assert.Equal(10, _server.Messages.Count);
        Assert.Contains(("jwt", FakeCredential.Token), _server.Tokens);
        Assert.Equal(["https://eventhubs.azure.net/.default"], credential.Scopes);
    }

    [Fact]
    public async Task A_credential_that_gets_no_token_is_an_outage_and_its_text_is_not_shown()
    {
        await using var provider = Services(new FakeCredential(new InvalidOperationException("secret of the identity"))).BuildServiceProvider();
        var backplane = Assert.Single(provider.GetServices<IDataBackplane>());

        var result = await backplane.PublishAsync(TestClient.Exposures(0, 2), Token);

        Assert.All(result.Statuses(2), status => Assert.Equal(DeliveryStatus.TransientFailure, status));
        Assert.EndsWith("With Entra ID, check that the registered TokenCredential gets a token (event hub 'events' of 127.0.0.1).", result.Error!.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", result.Error.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _server.Dispose();
        _certificate.Dispose();
    }

    private IServiceCollection Services(FakeCredential credential) => new ServiceCollection().AddEventHubsAmqpDataBackplane("127.0.0.1", HubServer.Hub, credential, options =>
    {
        options.SendTimeout = TimeSpan.FromMinutes(2);
        options.ConfigureClient = client =>
        {
            client.ConnectionOptions.CustomEndpointAddress = new Uri($"sb://127.0.0.1:{_server.Port}");
            client.ConnectionOptions.CertificateValidationCallback = (_, certificate, _, _) => certificate?.GetCertHashString() == _certificate.GetCertHashString();
        };
    });

    private static X509Certificate2 CreateCertificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), password: null);
    }
}
