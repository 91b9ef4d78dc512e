using System.Globalization;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>When the results of an experiment may be looked at without raising its error rate.</summary>
public sealed class LookSchedule : IEquatable<LookSchedule>
{
    /// <summary>The number of planned looks that a schedule has at most.</summary>
    public const int MaxLooks = 100;

    private const string Separator = "; ";

    /// <summary>Looks that are closer, relative to the later one, have no boundaries: see <see cref="GroupSequentialBoundaries"/>.</summary>
    private const double SmallestStep = 1e-5;

    private readonly double[] _informationTimes;

    private LookSchedule(LookScheduleKind kind, double[] informationTimes, SpendingFunction? spending)
    {
        Kind = kind;
        _informationTimes = informationTimes;
        Spending = spending;
    }

    /// <summary>At any time, any number of times.</summary>
    public static LookSchedule AlwaysValid { get; } = new(LookScheduleKind.AlwaysValid, [], null);

    /// <summary>Once, when the planned sample is complete.</summary>
    public static LookSchedule FixedHorizon { get; } = new(LookScheduleKind.FixedHorizon, [1], null);

    /// <summary>The kind of schedule.</summary>
    public LookScheduleKind Kind { get; }

    /// <summary>The planned looks as shares of the planned sample, ascending, the last one 1; empty if any time is right.</summary>
    public IReadOnlyList<double> InformationTimes => _informationTimes;

    /// <summary>How the error rate is spent over the looks; null unless the schedule is group sequential.</summary>
    public SpendingFunction? Spending { get; }

    /// <summary>At planned shares of the sample, each of which spends a part of the error rate.</summary>
    /// <param name="spending">How it is spent.</param>
    /// <param name="informationTimes">The shares, above 0, ascending by at least a hundred-thousandth of each, the last one 1; 1 to 100 of them.</param>
    /// <returns>The schedule.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="spending"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The shares are not ascending from above 0 to 1, or there are none or more than 100.</exception>
    public static LookSchedule GroupSequential(SpendingFunction spending, params ReadOnlySpan<double> informationTimes)
    {
        ArgumentNullException.ThrowIfNull(spending);
        Require.Between(informationTimes.Length, 1, MaxLooks, nameof(informationTimes));
        var before = 0.0;
        foreach (var time in informationTimes)
        {
            if (!(time > before))
            {
                Require.Throw(nameof(informationTimes), time, "must be ascending, above 0");
            }

            if (time - before < SmallestStep * time)
            {
                Require.Throw(nameof(informationTimes), time, $"must be more than the share before, {before:R}, by at least a hundred-thousandth; make one look of the two");
            }

            before = time;
        }

        if (before != 1)
        {
            Require.Throw(nameof(informationTimes), before, "must end with 1, the whole planned sample");
        }

        return new LookSchedule(LookScheduleKind.GroupSequential, informationTimes.ToArray(), spending);
    }

    /// <summary>Compares the schedules.</summary>
    /// <param name="other">Another schedule.</param>
    /// <returns>True if both plan the same looks and spend in the same way.</returns>
    public bool Equals(LookSchedule? other) => other is not null && ToString() == other.ToString();

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as LookSchedule);

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    /// <summary>Writes the schedule, for example <c>AlwaysValid</c> or <c>GroupSequential(OBrienFleming; 0.5; 1)</c>.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => Kind != LookScheduleKind.GroupSequential
        ? Kind.ToString()
        : $"{Kind}({Spending}{Separator}{string.Join(Separator, _informationTimes.Select(static time => time.ToString("R", CultureInfo.InvariantCulture)))})";

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    /// <returns>The schedule; null if the text is none.</returns>
    internal static LookSchedule? Find(string text)
    {
        const string start = nameof(LookScheduleKind.GroupSequential) + "(";
        if (!text.StartsWith(start, StringComparison.Ordinal) || text[^1] != ')')
        {
            return text switch { nameof(AlwaysValid) => AlwaysValid, nameof(FixedHorizon) => FixedHorizon, _ => null };
        }

        var parts = text[start.Length..^1].Split(Separator);
        var times = new double[parts.Length - 1];
        for (var index = 0; index < times.Length; index++)
        {
            if (!double.TryParse(parts[index + 1], NumberStyles.Float, CultureInfo.InvariantCulture, out times[index]))
            {
                return null;
            }
        }

        try
        {
            return SpendingFunction.Find(parts[0]) is { } spending ? GroupSequential(spending, times) : null;
        }
        catch (ArgumentOutOfRangeException)
        {
            return null;
        }
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
