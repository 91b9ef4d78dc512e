using ExperimentFramework.DataPlane.AspNetCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Adds the data plane to the request pipeline.</summary>
public static class SubjectAssignmentsApplicationBuilderExtensions
{
    /// <summary>
    /// Fetches the current subject's assignments from their store before the request goes on, so that no call waits for it. Only for endpoints
    /// that ask: with <c>WithSubjectAssignments()</c> or <see cref="PrefetchSubjectAssignmentsAttribute"/>. Put it after routing and
    /// authentication. Calls of other endpoints work as well; one whose subject this process does not know waits for the store itself.
    /// </summary>
    /// <param name="app">The application.</param>
    /// <returns><paramref name="app"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="app"/> is null.</exception>
    public static IApplicationBuilder UseSubjectAssignments(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var loggers = app.ApplicationServices.GetRequiredService<ILoggerFactory>();
        return app.Use(next => new SubjectAssignmentsMiddleware(next, loggers).InvokeAsync);
    }
}
