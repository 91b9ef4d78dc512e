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

    /// <summary>What the plan in force compares: <see cref="PlanRecord.ComparisonId"/>. Empty without a plan.</summary>
    public string ComparisonId { get; private set; } = string.Empty;

    /// <summary>
    /// The values of the primary metric that were there when the present comparison was chosen; 0 if it is that of the plan at the first exposure. Planned looks that these had reached are not made, because the
    /// comparison could have been chosen by what they would find.
    /// </summary>
    public long ValuesBefore { get; private set; }

    /// <summary>Sets what the plan compares from now on.</summary>
    /// <param name="comparisonId">What is compared; empty without a plan.</param>
    /// <param name="values">The values that may have been seen before the choice.</param>
    public void Compare(string comparisonId, long values)
    {
        if (comparisonId != ComparisonId)
        {
            Restore(comparisonId, values);
        }
    }

    /// <summary>Restores what is compared from a snapshot.</summary>
    public void Restore(string comparisonId, long values)
    {
        ComparisonId = comparisonId;
        ValuesBefore = values;
    }
}
