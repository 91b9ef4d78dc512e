using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>The outcome of recording a look at results.</summary>
/// <param name="Verdict">The plan's verdict; null if the look was not recorded.</param>
/// <param name="Unrecorded">Why it was not recorded, as the end of a sentence; null if it was.</param>
/// <param name="HasFailed">Whether recording the look failed.</param>
internal sealed record LookRecord(LookVerdict? Verdict, string? Unrecorded, bool HasFailed)
{
    /// <summary>There was nothing to record, because nothing that is shown compares variants.</summary>
    public static LookRecord Nothing { get; } = new(null, "there is nothing to compare yet", HasFailed: false);

    /// <summary>There was nothing to record, because comparisons cannot be trusted and are not shown.</summary>
    public static LookRecord LeftOut { get; } = new(null, "comparisons cannot be trusted, so they are left out", HasFailed: false);

    /// <summary>The process of the page does not record looks.</summary>
    public static LookRecord NotKept { get; } = new(null, "this process does not record looks", HasFailed: false);

    /// <summary>The monitor that records looks has other counts than those that are shown.</summary>
    public static LookRecord OfAnotherSource { get; } = new(null, "the monitor that records looks does not have the data of this page", HasFailed: false);

    /// <summary>The look could not be recorded.</summary>
    public static LookRecord Failed { get; } = new(null, "writing to the ledger failed", HasFailed: true);
}
