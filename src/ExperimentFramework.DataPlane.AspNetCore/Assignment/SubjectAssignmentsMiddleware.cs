using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane.AspNetCore;

/// <summary>
/// Prefetches assignments for marked endpoints, and for no other request: otherwise each health probe, static file or unknown path would
/// become a visitor with rows in the store.
/// </summary>
internal sealed partial class SubjectAssignmentsMiddleware(RequestDelegate next, ILoggerFactory loggers)
{
    private readonly NonThrowingLogger _logger = NonThrowingLogger.Of(loggers.CreateLogger(DataPlaneLogCategories.Assignment));
    private int _isChecked;

    public async Task InvokeAsync(HttpContext context)
    {
        var isMarked = IsMarked(context);
        if (isMarked)
        {
            await context.RequestServices.GetRequiredService<ISubjectAssignments>()
                .PrefetchAsync(cancellationToken: context.RequestAborted).ConfigureAwait(false);
        }

        if (Volatile.Read(ref _isChecked) == 0 && Interlocked.Exchange(ref _isChecked, 1) == 0)
        {
            WarnIfNoEndpointIsMarked(context);
        }

        await next(context).ConfigureAwait(false);
        if (!isMarked && IsMarked(context) && Interlocked.Exchange(ref _isChecked, 2) != 2)
        {
            LogTooEarly();
        }
    }

    private static bool IsMarked(HttpContext context) => IsMarked(context.GetEndpoint());

    private static bool IsMarked(Endpoint? endpoint) => endpoint?.Metadata.GetMetadata<PrefetchSubjectAssignmentsAttribute>() is not null;

    private void WarnIfNoEndpointIsMarked(HttpContext context)
    {
        if (context.RequestServices.GetService<EndpointDataSource>()?.Endpoints.Any(IsMarked) != true)
        {
            LogNoEndpoint();
        }
    }

    [LoggerMessage(85, LogLevel.Warning,
        "UseSubjectAssignments() prefetches nothing because no endpoint is marked. Call WithSubjectAssignments() on the endpoints that call experiments, or add [PrefetchSubjectAssignments] to their controllers or pages.", EventName = "PrefetchUnused")]
    private partial void LogNoEndpoint();

    [LoggerMessage(86, LogLevel.Warning,
        "UseSubjectAssignments() runs before the endpoint is known, so it prefetches nothing. Call it after UseRouting() and UseAuthentication().", EventName = "PrefetchBeforeRouting")]
    private partial void LogTooEarly();
}
