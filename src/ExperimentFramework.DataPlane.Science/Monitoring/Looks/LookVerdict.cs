namespace ExperimentFramework.DataPlane.Science;

/// <summary>The verdict of the plan on a look at results.</summary>
public sealed record LookVerdict
{
    /// <summary>The look, as it was recorded.</summary>
    public required AnalysisLook Look { get; init; }

    /// <summary>Whether the plan allows it. Without a plan, every look is allowed, because read-outs are then valid at any time.</summary>
    public required bool IsAllowed { get; init; }

    /// <summary>Why the look is not allowed: <c>early-look</c> before the first planned look, <c>unplanned-look</c> between two or after the last; null if it is allowed.</summary>
    public string? Reason { get; init; }

    /// <summary>
    /// The number of subjects at which the next planned look is due. Null if looks are allowed at any time, if no look is left, if only the minimum run time is missing, or if the planned sample
    /// is not known. A group sequential plan counts only subjects whose window of the primary metric has closed.
    /// </summary>
    public long? NextLookAt { get; init; }

    /// <summary>The time before which the plan allows no look, because the minimum run time is not over; null if it is over, or if looks are allowed at any time.</summary>
    public DateTimeOffset? NextLookNotBefore { get; init; }

    /// <summary>Whether <see cref="NextLookAt"/> counts only subjects whose window of the primary metric has closed, which is the case for group sequential plans.</summary>
    public bool CountsClosedWindows { get; init; }

    /// <summary>The error rate of the looks so far, if each unplanned look is tested as if it were the planned one; null if the look is allowed, or if the planned sample is not known.</summary>
    public double? TypeIError { get; init; }

    /// <summary>The error rate at the end of the experiment, after the remaining planned looks; null if the look is allowed, or if the planned sample is not known.</summary>
    public double? TypeIErrorAtEnd { get; init; }
}
