namespace ExperimentFramework.DataPlane.Science;

/// <summary>Determines whether a plan allows a look, and the error rate that looks spend.</summary>
/// <param name="plan">The plan.</param>
/// <param name="comparisons">The number of variants that are compared with control, at least 1.</param>
/// <param name="planned">The planned sample.</param>
/// <param name="share">The share of the plan's error rate that is available to the run.</param>
internal sealed class LookRules(AnalysisPlan plan, int comparisons, long planned, double share = 1)
{
    public const string EarlyLook = "early-look";
    public const string UnplannedLook = "unplanned-look";

    /// <summary>A planned look that is not due although its number of subjects is reached is assumed to take place at a sample larger by this factor.</summary>
    private const double SmallestStep = 1.0001;

    private readonly double _alpha = plan.Alpha * share / comparisons;

    private double BoundaryOfSingleLook => NormalDistribution.UpperQuantile(_alpha / plan.Sides);

    /// <summary>The error rate that is available to all comparisons together.</summary>
    public double Alpha => plan.Alpha * share;

    /// <summary>The number of planned looks that are due at a number of subjects.</summary>
    public int DueAt(long subjects)
    {
        var due = 0;
        while (due < plan.Looks.InformationTimes.Count && subjects >= SubjectsOf(due))
        {
            due++;
        }

        return due;
    }

    /// <summary>The number of subjects at which a planned look is due.</summary>
    /// <param name="look">Its number, from 0.</param>
    public long SubjectsOf(int look) => Math.Max(1, (long)Math.Ceiling(planned * plan.Looks.InformationTimes[look] * (1 - 1e-12)));

    /// <summary>Why the last look is not allowed; null if it is. The first look after each planned time is allowed, and no other, even if a look in between reached fewer planned times.</summary>
    /// <param name="looks">The looks so far, by ascending number of subjects; at least one.</param>
    /// <param name="passed">The number of planned looks that had passed before the comparison was chosen.</param>
    public string? ReasonAgainst(IReadOnlyList<PastLook> looks, int passed = 0) =>
        DueAt(looks[^1].Deciding) == 0 ? EarlyLook : IsPlanned(looks, looks.Count - 1, passed) ? null : UnplannedLook;

    /// <summary>
    /// The error rate of all comparisons together, at most 1: planned looks are tested at their boundaries, others as if each were the only look.
    /// </summary>
    /// <param name="looks">The looks so far, by ascending number of subjects; at least one.</param>
    /// <param name="passed">The number of planned looks that had passed before the comparison was chosen.</param>
    /// <returns>The error rate of these looks, and the error rate after the remaining planned looks.</returns>
    public (double SoFar, double AtEnd) ErrorRates(IReadOnlyList<PastLook> looks, int passed = 0)
    {
        List<double> times = [.. looks.Select(look => look.Subjects / (double)planned)];
        List<bool> arePlanned = [.. Enumerable.Range(0, looks.Count).Select(look => IsPlanned(looks, look, passed))];
        var soFar = ErrorRate(times, arePlanned);
        for (var look = Math.Max(passed, MostDue(looks)); look < plan.Looks.InformationTimes.Count; look++)
        {
            times.Add(Math.Max(plan.Looks.InformationTimes[look], times[^1] * SmallestStep));
            arePlanned.Add(true);
        }

        return (soFar, times.Count == looks.Count ? soFar : ErrorRate(times, arePlanned));
    }

    /// <summary>The boundary of the latest planned look that was due, and the error rate spent so far. A schedule with one look at the end has the boundary of a fixed-sample test.</summary>
    /// <param name="times">The information times of these looks, ascending.</param>
    /// <returns>The z-value, the significance level of this look alone, and the error rate spent by all comparisons.</returns>
    public (double Boundary, double NominalAlpha, double Spent) BoundaryAt(IReadOnlyList<double> times)
    {
        var boundary = Boundaries(times)[^1];
        return (
            boundary,
            Math.Min(1, plan.Sides * NormalDistribution.UpperTail(boundary)),
            SpentAt(times[^1]));
    }

    /// <summary>The error rate that the plan has spent at an information time, over all comparisons.</summary>
    public double SpentAt(double time) => plan.Sides * comparisons * (plan.Looks.Spending?.Spent(_alpha / plan.Sides, time) ?? _alpha / plan.Sides);

    private bool IsPlanned(IReadOnlyList<PastLook> looks, int look, int passed) => DueAt(looks[look].Deciding) > Math.Max(passed, MostDue(looks.Take(look)));

    /// <summary>The most planned looks that were due at any of these looks, by the present plan.</summary>
    private int MostDue(IEnumerable<PastLook> looks) => looks.Select(look => DueAt(look.Deciding)).DefaultIfEmpty().Max();

    private double ErrorRate(List<double> times, List<bool> arePlanned)
    {
        var upper = new double[times.Count];
        Array.Fill(upper, BoundaryOfSingleLook);
        if (arePlanned.Contains(true))
        {
            var boundaries = Boundaries([.. times.Where((_, look) => arePlanned[look])]);
            for (int look = 0, next = 0; look < upper.Length; look++)
            {
                upper[look] = arePlanned[look] ? boundaries[next++] : upper[look];
            }
        }

        return Math.Min(1, GroupSequentialBoundaries.FromValues(upper, plan.Sides, [.. times]).RejectionProbability(0) * comparisons);
    }

    /// <summary>The boundaries of planned looks. Without a spending function, each look has that of a fixed-sample test.</summary>
    private ReadOnlySpan<double> Boundaries(IReadOnlyList<double> times) => plan.Looks.Spending is { } spending
        ? GroupSequentialBoundaries.FromSpending(spending, _alpha, plan.Sides, [.. times]).Upper
        : Enumerable.Repeat(BoundaryOfSingleLook, times.Count).ToArray();
}
