using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ExperimentFramework.DataPlane.OpenTelemetry.Tests.Receiving;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.OpenTelemetry.Tests.Otlp;

/// <summary>Both sides show certificates of an authority of their own.</summary>
public sealed class OtlpTlsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly X509Certificate2 _authority = Authority("CN=collectors");

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_collectors_certificate_is_checked_and_the_clients_is_shown()
    {
        await using var receiver = await StartAsync();
        File.WriteAllText(_folder.File("ca.pem"), _authority.ExportCertificatePem());
        using var client = Issue("CN=client");
        File.WriteAllText(_folder.File("client.pem"), client.ExportCertificatePem());
        File.WriteAllText(_folder.File("client.key"), client.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        using var backplane = new OtlpDataBackplane(new OtlpDataBackplaneOptions
        {
            Endpoint = receiver.Endpoint, CertificateFile = _folder.File("ca.pem"), ClientCertificateFile = _folder.File("client.pem"), ClientKeyFile = _folder.File("client.key"),
        });

        var result = await backplane.PublishAsync(OtlpEvents.Exposures(2), TestContext.Current.CancellationToken);

        Assert.True(result.Error is null, result.Error?.ToString());
        Assert.Equal(2, receiver.Records.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_certificate_of_an_unknown_authority_is_refused_and_no_event_is_rejected(bool hasOtherAuthority)
    {
        await using var receiver = await StartAsync();
        var options = new OtlpDataBackplaneOptions { Endpoint = receiver.Endpoint };
        if (hasOtherAuthority)
        {
            using var other = Authority("CN=others");
            File.WriteAllText(_folder.File("ca.pem"), other.ExportCertificatePem());
            options.CertificateFile = _folder.File("ca.pem");
        }

        using var backplane = new OtlpDataBackplane(options);

        var result = await backplane.PublishAsync(OtlpEvents.Exposures(1), TestContext.Current.CancellationToken);

        Assert.Equal(DeliveryStatus.TransientFailure, result[0]);
        Assert.Contains("TLS failed", result.Error!.Message, StringComparison.Ordinal);
        Assert.Equal(0, receiver.Requests);
    }

    [Fact]
    public void A_file_that_is_no_certificate_stops_the_start()
    {
        File.WriteAllText(_folder.File("ca.pem"), "not a certificate");

        var error = Assert.Throws<OptionsValidationException>(() => new OtlpDataBackplane(new OtlpDataBackplaneOptions { CertificateFile = _folder.File("ca.pem") }));

        Assert.Contains("ca.pem", error.Message, StringComparison.Ordinal);
    }

    private static X509Certificate2 Authority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
    }

    private async Task<OtlpReceiver> StartAsync()
    {
        var server = Issue("CN=localhost");
        return await OtlpReceiver.StartAsync(listen: options => options.UseHttps(https =>
        {
            https.ServerCertificate = server;
            https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
            https.ClientCertificateValidation = (certificate, _, _) => certificate.Issuer == _authority.Subject;
        }));
    }

    private X509Certificate2 Issue(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(_authority, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(99), [1, 2, 3, (byte)name.Length]);
        using var withKey = certificate.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
    }
}
