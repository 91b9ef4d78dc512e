namespace ExperimentFramework.DataPlane.Science;

/// <summary>The progress of a run through its plan. What looks found is kept with the metric that they looked at: <see cref="PlanLooks"/>.</summary>
internal sealed class PlanProgress
{
    /// <summary>Whether reaching the planned sample was signaled.</summary>
    public bool HasSample { get; set; }

    /// <summary>Whether reaching the planned power was signaled.</summary>
    public bool HasPower { get; set; }

    /// <summary>Whether the current time is known for the run: neither a status nor a snapshot has a clock.</summary>
    public bool IsTimeKnown { get; set; }

    /// <summary>The time before which the plan allows no look; null if it had passed when the run was last evaluated.</summary>
    public DateTimeOffset? LooksNotBefore { get; set; }
}
