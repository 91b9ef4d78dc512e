namespace ExperimentFramework.DataPlane.Science;

/// <summary>A moment after which something may have broken: the counts until then.</summary>
/// <param name="Number">The number of the start within its run, from 1, which determines its weight.</param>
/// <param name="Time">When it was set.</param>
/// <param name="Cause">What happened then.</param>
/// <param name="Counts">The counts until then.</param>
internal sealed record StartPoint(int Number, DateTimeOffset Time, StartCause Cause, VersionedCounts Counts)
{
    /// <summary>1 / (2 j (j + 1)) for the j-th start: their sum is at most 1/2.</summary>
    public double Weight => 1 / (2.0 * Number * (Number + 1.0));

    /// <summary>The cause, as signals name it.</summary>
    public string Reason => Cause switch
    {
        StartCause.Day => "day",
        StartCause.AllocationVersion => "allocation",
        _ => "build",
    };
}

/// <summary>Why a start was set.</summary>
internal enum StartCause
{
    /// <summary>A UTC day began.</summary>
    Day = 0,

    /// <summary>A version of the weights was seen for the first time.</summary>
    AllocationVersion = 1,

    /// <summary>A build of a variant was seen for the first time.</summary>
    Build = 2,
}
