using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>Creates loggers for components that handle exceptions of code that receives original ids.</summary>
internal static class NonThrowingLoggerExtensions
{
    /// <summary>Returns a logger of the category that sanitizes exceptions according to the redaction rules.</summary>
    public static NonThrowingLogger NonThrowingLogger(this IServiceProvider services, string category) =>
        new(services.GetRequiredService<ILoggerFactory>().CreateLogger(category), services.GetRequiredService<EventRedaction>().Exceptions);
}
