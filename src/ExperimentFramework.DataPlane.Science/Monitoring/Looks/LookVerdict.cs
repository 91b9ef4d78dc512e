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

    /// <summary>The subjects at which the plan allows the next look; null if any time is right, if no look is left, or if the planned sample is not known.</summary>
    public long? NextLookAt { get; init; }

    /// <summary>The error rate of the looks so far, if each that was not planned is tested as the planned one would be; null if the look is allowed, or the planned sample is not known.</summary>
    public double? TypeIError { get; init; }

    /// <summary>The error rate that the experiment will have had with the planned looks that are left; null if the look is allowed, or the planned sample is not known.</summary>
    public double? TypeIErrorAtEnd { get; init; }
}
