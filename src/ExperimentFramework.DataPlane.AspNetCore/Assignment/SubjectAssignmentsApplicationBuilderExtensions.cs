using ExperimentFramework.DataPlane;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Adds the data plane to the way of a request.</summary>
public static class SubjectAssignmentsApplicationBuilderExtensions
{
    /// <summary>
    /// Fetches the current subject's assignments from their store before the request goes on, so that no call waits for it. Put it
    /// after authentication and routing. Without it calls work as well; one whose subject this process does not know waits for
    /// the store itself.
    /// </summary>
    /// <param name="app">The application.</param>
    /// <returns><paramref name="app"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="app"/> is null.</exception>
    public static IApplicationBuilder UseSubjectAssignments(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        return app.Use(static async (context, next) =>
        {
            await context.RequestServices.GetRequiredService<ISubjectAssignments>()
                .PrepareAsync(cancellationToken: context.RequestAborted).ConfigureAwait(false);
            await next(context).ConfigureAwait(false);
        });
    }
}
