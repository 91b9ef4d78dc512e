using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane;

/// <summary>The options as far as the registrations made so far set them.</summary>
internal static class RegistrationTimeOptions
{
    /// <summary>
    /// Applies what <c>AddDataBackplane(options => ...)</c> has set already. Lifetimes are fixed at registration, before there
    /// is a container that could be asked.
    /// </summary>
    public static DataPlaneOptions Build(IServiceCollection services)
    {
        var options = new DataPlaneOptions();
        foreach (var descriptor in services)
        {
            if (!descriptor.IsKeyedService && descriptor.ImplementationInstance is IConfigureOptions<DataPlaneOptions> configure)
            {
                configure.Configure(options);
            }
        }

        return options;
    }
}
