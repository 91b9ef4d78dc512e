using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane;

/// <summary>The configuration of an experiment that reads it.</summary>
internal static class RequiredConfiguration
{
    /// <summary>The application's configuration.</summary>
    /// <exception cref="InvalidOperationException">There is none; the message names the remedy.</exception>
    public static IConfiguration Of(IServiceProvider services, string experimentName) =>
        services.GetService<IConfiguration>() ?? throw new InvalidOperationException(
            $"Experiment '{experimentName}' selects by configuration, but no IConfiguration is registered: use a host builder or services.AddSingleton<IConfiguration>(...).");
}
