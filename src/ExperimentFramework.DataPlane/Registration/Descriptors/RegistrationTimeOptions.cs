using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane;

/// <summary>Builds the options from the registrations made so far.</summary>
internal static class RegistrationTimeOptions
{
    /// <summary>
    /// Applies the options already set with <c>AddDataBackplane(options => ...)</c>, because lifetimes are fixed at registration, before
    /// the container exists.
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
