using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.OpenTelemetry;

/// <summary>Binds the section <c>DataPlane:Otlp</c> of the application's configuration, if there is one, to the options of every OTLP destination.</summary>
internal sealed class OtlpDataBackplaneConfiguration(IConfiguration? configuration = null) : IConfigureNamedOptions<OtlpDataBackplaneOptions>
{
    private static readonly string[] Names =
    [
        nameof(OtlpDataBackplaneOptions.Endpoint),
        nameof(OtlpDataBackplaneOptions.Headers),
        nameof(OtlpDataBackplaneOptions.Compression),
        nameof(OtlpDataBackplaneOptions.Timeout),
        nameof(OtlpDataBackplaneOptions.CertificateFile),
        nameof(OtlpDataBackplaneOptions.ClientCertificateFile),
        nameof(OtlpDataBackplaneOptions.ClientKeyFile),
        nameof(OtlpDataBackplaneOptions.ServiceName),
        nameof(OtlpDataBackplaneOptions.ResourceAttributes),
        nameof(OtlpDataBackplaneOptions.FlagSetId),
    ];

    public void Configure(OtlpDataBackplaneOptions options) => Configure(Options.DefaultName, options);

    public void Configure(string? name, OtlpDataBackplaneOptions options)
    {
        if (ConfigurationKeyValidator.OfDestination(configuration, ConfigurationKeyValidator.OtlpSection) is not { } section)
        {
            return;
        }

        ConfigurationKeyValidator.RequireValues(section, Names, nameof(options.Headers), nameof(options.ResourceAttributes));
        ConfigurationEnumValidator.Require<OtlpCompression>(section.GetSection(nameof(options.Compression)));
        DurationValidator.RequireUnambiguous(section.GetSection(nameof(options.Timeout)));
        section.Bind(options);
    }
}
