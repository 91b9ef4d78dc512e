using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>Loggers for parts that meet exceptions of code that is given real ids.</summary>
internal static class NonThrowingLoggerExtensions
{
    /// <summary>A logger that tells of exceptions what redaction lets it.</summary>
    public static NonThrowingLogger NonThrowingLogger(this IServiceProvider services, string category) =>
        new(services.GetRequiredService<ILoggerFactory>().CreateLogger(category), services.GetRequiredService<EventRedaction>().Exceptions);
}
