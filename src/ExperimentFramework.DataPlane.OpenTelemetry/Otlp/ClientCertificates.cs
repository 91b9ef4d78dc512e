using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace ExperimentFramework.DataPlane.OpenTelemetry;

/// <summary>Reads the certificates of a destination.</summary>
internal static class ClientCertificates
{
    /// <summary>Reads the certificates of the authorities that may issue the collector's certificate, and the certificate of this client.</summary>
    public static SslClientAuthenticationOptions CreateTlsOptions(OtlpSettings settings)
    {
        var options = new SslClientAuthenticationOptions();
        if (settings.CertificateFile is { } roots)
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.ImportFromPemFile(roots);
            if (policy.CustomTrustStore.Count == 0)
            {
                throw new ArgumentException($"'{roots}' has no certificate in PEM format.");
            }

            options.CertificateChainPolicy = policy;
        }

        if (settings.ClientCertificateFile is { } certificate)
        {
            options.ClientCertificates = [Persisted(X509Certificate2.CreateFromPemFile(certificate, settings.ClientKeyFile))];
        }

        return options;
    }

    /// <summary>Windows cannot use a key for TLS that exists in memory only.</summary>
    private static X509Certificate2 Persisted(X509Certificate2 certificate)
    {
        if (!OperatingSystem.IsWindows())
        {
            return certificate;
        }

        using (certificate)
        {
            return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), password: null);
        }
    }
}
