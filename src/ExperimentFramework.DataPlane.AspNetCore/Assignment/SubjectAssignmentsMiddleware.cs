using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane.AspNetCore;

/// <summary>
/// Fetches assignments for the endpoints that ask for it, and for no other request: a health probe, a static file or a path that does not
/// exist would otherwise each be a visitor with rows in the store.
/// </summary>
internal sealed partial class SubjectAssignmentsMiddleware(RequestDelegate next, ILoggerFactory loggers)
{
    private readonly NonThrowingLogger _logger = NonThrowingLogger.Of(loggers.CreateLogger(DataPlaneLogCategories.Assignment));
    private int _isChecked;

    public async Task InvokeAsync(HttpContext context)
    {
        var asks = Asks(context);
        if (asks)
        {
            await context.RequestServices.GetRequiredService<ISubjectAssignments>()
                .PrefetchAsync(cancellationToken: context.RequestAborted).ConfigureAwait(false);
        }

        if (Volatile.Read(ref _isChecked) == 0 && Interlocked.Exchange(ref _isChecked, 1) == 0)
        {
            WarnIfNoEndpointAsks(context);
        }

        await next(context).ConfigureAwait(false);
        if (!asks && Asks(context) && Interlocked.Exchange(ref _isChecked, 2) != 2)
        {
            LogTooEarly();
        }
    }

    private static bool Asks(HttpContext context) => IsMarked(context.GetEndpoint());

    private static bool IsMarked(Endpoint? endpoint) => endpoint?.Metadata.GetMetadata<PrefetchSubjectAssignmentsAttribute>() is not null;

    private void WarnIfNoEndpointAsks(HttpContext context)
    {
        if (context.RequestServices.GetService<EndpointDataSource>()?.Endpoints.Any(IsMarked) != true)
        {
            LogNoEndpoint();
        }
    }

    [LoggerMessage(85, LogLevel.Warning,
        "UseSubjectAssignments() fetches nothing, because no endpoint asks for it: call WithSubjectAssignments() on the endpoints that call experiments, or put [PrefetchSubjectAssignments] on their controllers or pages.", EventName = "PrefetchUnused")]
    private partial void LogNoEndpoint();

    [LoggerMessage(86, LogLevel.Warning,
        "UseSubjectAssignments() runs before the endpoint is known, so it fetches nothing: put it after UseRouting() and UseAuthentication().", EventName = "PrefetchBeforeRouting")]
    private partial void LogTooEarly();
}
