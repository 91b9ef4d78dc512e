using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane;

/// <summary>Binds the section <c>DataPlane:Logging</c> of the application's configuration, if there is one, to the options of the logging destination.</summary>
internal sealed class LoggingDataBackplaneConfiguration(IConfiguration? configuration = null) : IConfigureOptions<LoggingDataBackplaneOptions>
{
    public void Configure(LoggingDataBackplaneOptions options)
    {
        if (ConfigurationKeyValidator.OfDestination(configuration, ConfigurationKeyValidator.LoggingSection) is not { } section)
        {
            return;
        }

        ConfigurationKeyValidator.RequireValues(section, [nameof(options.Format)]);
        ConfigurationEnumValidator.Require<EventFormat>(section.GetSection(nameof(options.Format)));
        section.Bind(options);
    }
}
