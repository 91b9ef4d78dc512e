using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.OpenTelemetry;

/// <summary>Binds the section <c>DataPlane:OpenTelemetry</c> of the application's configuration, if there is one.</summary>
internal sealed class OpenTelemetryDataBackplaneConfiguration(IConfiguration? configuration = null) : IConfigureOptions<OpenTelemetryDataBackplaneOptions>
{
    private static readonly string[] Names = [nameof(OpenTelemetryDataBackplaneOptions.FlagSetId)];

    public void Configure(OpenTelemetryDataBackplaneOptions options)
    {
        if (ConfigurationKeyValidator.OfDestination(configuration, ConfigurationKeyValidator.OpenTelemetrySection) is { } section)
        {
            ConfigurationKeyValidator.RequireValues(section, Names);
            section.Bind(options);
        }
    }
}
