using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>What became of the record of a look at results.</summary>
/// <param name="Verdict">Whether the plan allows it; null if it was not recorded.</param>
/// <param name="Unrecorded">Why it was not recorded, as the end of a sentence; null if it was.</param>
/// <param name="HasFailed">Whether it was to be recorded and could not be.</param>
internal sealed record LookRecord(LookVerdict? Verdict, string? Unrecorded, bool HasFailed)
{
    /// <summary>No look: nothing that is shown compares variants.</summary>
    public static LookRecord Nothing { get; } = new(null, "there is nothing to compare yet", HasFailed: false);

    /// <summary>Looks are not kept where the page is.</summary>
    public static LookRecord NotKept { get; } = new(null, "this process does not record looks", HasFailed: false);

    /// <summary>Looks are kept by a monitor with other counts than those that are shown.</summary>
    public static LookRecord OfAnotherSource { get; } = new(null, "the monitor that records looks does not have the events of this page", HasFailed: false);

    /// <summary>The look could not be recorded.</summary>
    public static LookRecord Failed { get; } = new(null, "the ledger could not take it", HasFailed: true);
}
