using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane;

/// <summary>Gets the configuration for an experiment that requires it.</summary>
internal static class RequiredConfiguration
{
    /// <summary>Returns the application's configuration.</summary>
    /// <exception cref="InvalidOperationException">There is none; the message says what to do.</exception>
    public static IConfiguration Of(IServiceProvider services, string experimentName) =>
        services.GetService<IConfiguration>() ?? throw new InvalidOperationException(
            $"Experiment '{experimentName}' reads configuration, but no IConfiguration is registered. Use a host builder or services.AddSingleton<IConfiguration>(...).");
}
