namespace ExperimentFramework.DataPlane.Science;

/// <summary>What the plan says of a look at results.</summary>
public sealed record LookVerdict
{
    /// <summary>The look, as it was recorded.</summary>
    public required AnalysisLook Look { get; init; }

    /// <summary>Whether the plan allows it. Without a plan any look is allowed, because read-outs are valid at any time then.</summary>
    public required bool IsAllowed { get; init; }

    /// <summary>Why not: <c>early-look</c> before the first planned one, <c>unplanned-look</c> between two or after the last; null if it is allowed.</summary>
    public string? Reason { get; init; }

    /// <summary>
    /// The subjects at which the plan has its next look, for a group sequential plan those whose windows of the primary metric have closed; null if any time is right, if no look is left, if only the minimum run time is missing, or if the planned sample
    /// is not known.
    /// </summary>
    public long? NextLookAt { get; init; }

    /// <summary>The time before which the plan allows no look, because its minimum run time is not over; null if it is, or if looks cost nothing.</summary>
    public DateTimeOffset? NextLookNotBefore { get; init; }

    /// <summary>Whether <see cref="NextLookAt"/> counts only subjects whose windows of the primary metric have closed, as group sequential plans do.</summary>
    public bool CountsClosedWindows { get; init; }

    /// <summary>The error rate of the looks so far, if each that was not planned is tested as the planned one would be; null if the look is allowed, or the planned sample is not known.</summary>
    public double? TypeIError { get; init; }

    /// <summary>The error rate that the experiment will have had with the planned looks that are left; null if the look is allowed, or the planned sample is not known.</summary>
    public double? TypeIErrorAtEnd { get; init; }
}
