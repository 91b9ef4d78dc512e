using ExperimentFramework.DataPlane.Science;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>Records looks at comparisons of variants, so that they can be checked against the plan.</summary>
/// <param name="looks">Records the looks; null if no monitor of this process does.</param>
/// <param name="model">The read model that is shown.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed partial class ResultLooks(AnalysisLooks? looks, IExperimentReadModel model, TimeProvider time, NonThrowingLogger logger)
{
    private const int MaxNameLength = 200;

    /// <summary>The maximum time that a page waits for the ledger.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    private readonly NonThrowingLogger _logger = logger;
    private int _isFailing;

    /// <summary>Whether looks are recorded.</summary>
    public bool AreKept => looks is not null;

    /// <summary>
    /// Whether a request may ask for results that are reserved for planned looks. A page of another site, or a browser that prefetches links, must not look on behalf of a user.
    /// </summary>
    public static bool MayAsk(HttpRequest request) =>
        !request.Headers["Sec-Purpose"].ToString().Contains("prefetch", StringComparison.OrdinalIgnoreCase)
        && (request.Headers["Sec-Fetch-Site"].ToString() is { Length: > 0 } site ? site is "same-origin" or "none" : IsFromHereOrAProgram(request));

    /// <summary>Over plain HTTP, browsers do not say which site a request comes from, but name the page that makes it. A page can withhold its name, but not pass for a program, whose requests name none.</summary>
    private static bool IsFromHereOrAProgram(HttpRequest request)
    {
        var (origin, referrer) = (request.Headers.Origin.ToString(), request.Headers.Referer.ToString());
        return origin.Length + referrer.Length > 0
            ? IsHere(origin) && IsHere(referrer)
            : !request.Headers.UserAgent.ToString().Contains("Mozilla/", StringComparison.OrdinalIgnoreCase);

        bool IsHere(string page) =>
            page.Length == 0 || (Uri.TryCreate(page, UriKind.Absolute, out var uri) && string.Equals(uri.Authority, new Uri($"{uri.Scheme}://{request.Host.Value}").Authority, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Records a look.</summary>
    /// <param name="context">The request.</param>
    /// <param name="status">The experiment as it is shown.</param>
    /// <param name="shown">What is shown.</param>
    public async ValueTask<LookRecord> RecordAsync(HttpContext context, ExperimentStatus status, string shown)
    {
        if (!status.ReadOuts.Any(static metric => metric.Variants.Any(static variant => variant is { Mean: not null } or { Comparison.State: ReadOutState.Shown })))
        {
            return LookRecord.Nothing;
        }

        if (looks is null)
        {
            return LookRecord.NotKept;
        }

        if (!looks.Covers(model, status.Name))
        {
            return LookRecord.OfAnotherSource;
        }

        var name = context.User.Identity?.Name;
        var by = string.IsNullOrWhiteSpace(name) ? "dashboard" : name.Length <= MaxNameLength ? name : name[..MaxNameLength];
        try
        {
            LookVerdict? verdict = null;

            // A ledger may block the calling thread.
            await BackgroundWork.Run(async () => verdict = await looks.LookAsync(status.Name, by, shown).ConfigureAwait(false)).WaitAsync(LongestWait, time, context.RequestAborted).ConfigureAwait(false);
            Volatile.Write(ref _isFailing, 0);
            return new LookRecord(verdict, null, HasFailed: false);
        }
        catch (Exception exception) when (!context.RequestAborted.IsCancellationRequested)
        {
            if (Interlocked.Exchange(ref _isFailing, 1) == 0)
            {
                LogNotRecorded(exception);
            }

            return LookRecord.Failed;
        }
    }

    [LoggerMessage(326, LogLevel.Error, "A look at the results of an experiment could not be recorded in the ledger. Results that the plan reserves for its own looks are not shown until recording succeeds; other results are shown. Make the ledger writable.", EventName = "LookNotRecorded")]
    private partial void LogNotRecorded(Exception exception);
}
