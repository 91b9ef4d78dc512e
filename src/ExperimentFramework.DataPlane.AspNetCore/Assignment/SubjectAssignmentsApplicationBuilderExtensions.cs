using ExperimentFramework.DataPlane.AspNetCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Adds assignment prefetching to the request pipeline.</summary>
public static class SubjectAssignmentsApplicationBuilderExtensions
{
    /// <summary>
    /// Prefetches the current subject's assignments from their store before the endpoint runs, so that no call waits for the store. Applies only to
    /// endpoints marked with <c>WithSubjectAssignments()</c> or <see cref="PrefetchSubjectAssignmentsAttribute"/>. Add it after routing and
    /// authentication. Calls in other endpoints work too, but wait for the store if the subject is not cached in this process.
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
