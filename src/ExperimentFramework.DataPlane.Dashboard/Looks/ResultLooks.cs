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

    /// <summary>Records a look.</summary>
    /// <param name="context">The request.</param>
    /// <param name="status">The experiment as it is shown.</param>
    /// <param name="shown">What is shown.</param>
    public async ValueTask<LookRecord> RecordAsync(HttpContext context, ExperimentStatus status, string shown)
    {
        if (!status.ReadOuts.Any(static metric => metric.Variants.Any(static variant => variant is { Mean: not null } or { Comparison.State: ReadOutState.Shown })))
        {
            return status.Doubt is null ? LookRecord.Nothing : LookRecord.LeftOut;
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
