using ExperimentFramework.DataPlane.Science;
using Microsoft.AspNetCore.Http;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>Records who has seen a comparison of variants, so that the plan can judge it.</summary>
/// <param name="looks">Keeps the looks; null if no monitor of this process does.</param>
internal sealed class ResultLooks(AnalysisLooks? looks)
{
    private const int MaxNameLength = 200;

    /// <summary>Whether results may be on a page that stays open: each of its updates would be another look.</summary>
    public static bool AreOpen(ExperimentStatus status) => status.Plan is null or { IsAlwaysValid: true };

    /// <summary>Records a look.</summary>
    /// <param name="context">The request of who looks.</param>
    /// <param name="status">The experiment.</param>
    /// <param name="shown">What is shown.</param>
    /// <returns>Whether the plan allows it; null if there is nothing to look at, or if nobody keeps looks.</returns>
    public async ValueTask<LookVerdict?> RecordAsync(HttpContext context, ExperimentStatus status, string shown)
    {
        if (looks is null || status.ReadOuts.Count == 0)
        {
            return null;
        }

        var name = context.User.Identity?.Name;
        var by = string.IsNullOrWhiteSpace(name) ? "dashboard" : name.Length <= MaxNameLength ? name : name[..MaxNameLength];
        try
        {
            return await looks.LookAsync(status.Name, by, shown, metric: null, context.RequestAborted).ConfigureAwait(false);
        }
        catch (ArgumentException)
        {
            // The read model has experiments of another source than the monitor of this process.
            return null;
        }
    }
}
