namespace ExperimentFramework.DataPlane.Science;

/// <summary>When the results of an experiment may be looked at without raising its error rate.</summary>
public sealed record LookSchedule
{
    private LookSchedule(LookScheduleKind kind, IReadOnlyList<double> informationTimes, SpendingFunction? spending)
    {
        Kind = kind;
        InformationTimes = informationTimes;
        Spending = spending;
    }

    /// <summary>At any time, any number of times.</summary>
    public static LookSchedule AlwaysValid { get; } = new(LookScheduleKind.AlwaysValid, [], null);

    /// <summary>Once, when the planned sample is complete.</summary>
    public static LookSchedule FixedHorizon { get; } = new(LookScheduleKind.FixedHorizon, [1], null);

    /// <summary>The kind of schedule.</summary>
    public LookScheduleKind Kind { get; }

    /// <summary>The planned looks as shares of the planned sample, ascending, the last one 1; empty if any time is right.</summary>
    public IReadOnlyList<double> InformationTimes { get; }

    /// <summary>How the error rate is spent over the looks; null unless the schedule is group sequential.</summary>
    public SpendingFunction? Spending { get; }

    /// <summary>At planned shares of the sample, each of which spends a part of the error rate.</summary>
    /// <param name="spending">How it is spent.</param>
    /// <param name="informationTimes">The shares, above 0, ascending, the last one 1; 1 to 100 of them.</param>
    /// <returns>The schedule.</returns>
    /// <exception cref="ArgumentException">The shares are not ascending from above 0 to 1.</exception>
    public static LookSchedule GroupSequential(SpendingFunction spending, params ReadOnlySpan<double> informationTimes)
    {
        ArgumentNullException.ThrowIfNull(spending);
        Require.Between(informationTimes.Length, 1, 100, nameof(informationTimes));
        var before = 0.0;
        foreach (var time in informationTimes)
        {
            if (!(time > before))
            {
                Require.Throw(nameof(informationTimes), time, "must be ascending, above 0");
            }

            before = time;
        }

        if (before != 1)
        {
            Require.Throw(nameof(informationTimes), before, "must end with 1, the whole planned sample");
        }

        return new LookSchedule(LookScheduleKind.GroupSequential, informationTimes.ToArray(), spending);
    }
}

/// <summary>The kinds of <see cref="LookSchedule"/>.</summary>
public enum LookScheduleKind
{
    /// <summary>At any time.</summary>
    AlwaysValid,

    /// <summary>Once, when the planned sample is complete.</summary>
    FixedHorizon,

    /// <summary>At planned shares of the sample.</summary>
    GroupSequential,
}
