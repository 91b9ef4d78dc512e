using System.Globalization;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>When the results of an experiment may be looked at without raising its error rate.</summary>
public sealed class LookSchedule : IEquatable<LookSchedule>
{
    /// <summary>The maximum number of planned looks of a schedule.</summary>
    public const int MaxLooks = 100;

    private const string Separator = "; ";

    /// <summary>The minimum distance between looks, relative to the later one. Boundaries of closer looks cannot be computed: see <see cref="GroupSequentialBoundaries"/>.</summary>
    private const double SmallestStep = 1e-5;

    private readonly double[] _informationTimes;

    private LookSchedule(LookScheduleKind kind, double[] informationTimes, SpendingFunction? spending)
    {
        Kind = kind;
        _informationTimes = informationTimes;
        Spending = spending;
    }

    /// <summary>Looks are allowed at any time, any number of times.</summary>
    public static LookSchedule AlwaysValid { get; } = new(LookScheduleKind.AlwaysValid, [], null);

    /// <summary>Once, when the planned sample is complete.</summary>
    public static LookSchedule FixedHorizon { get; } = new(LookScheduleKind.FixedHorizon, [1], null);

    /// <summary>The kind of schedule.</summary>
    public LookScheduleKind Kind { get; }

    /// <summary>The planned looks as shares of the planned sample, in ascending order, the last one 1; empty if looks are allowed at any time.</summary>
    public IReadOnlyList<double> InformationTimes => _informationTimes;

    /// <summary>How the error rate is spent over the looks; null unless the schedule is group sequential.</summary>
    public SpendingFunction? Spending { get; }

    /// <summary>Creates a schedule of looks at planned shares of the sample. Each look spends a part of the error rate.</summary>
    /// <param name="spending">How the error rate is spent.</param>
    /// <param name="informationTimes">1 to 100 shares above 0, in ascending order, the last one 1. Each must exceed the one before by at least a hundred-thousandth.</param>
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
                Require.Throw(nameof(informationTimes), time, "must be above 0 and in ascending order");
            }

            if (time - before < SmallestStep * time)
            {
                Require.Throw(nameof(informationTimes), time, $"must be more than the share before, {before:R}, by at least a hundred-thousandth; combine the two looks");
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
    /// <returns>True if both have the same looks and the same spending function.</returns>
    public bool Equals(LookSchedule? other) => other is not null && ToString() == other.ToString();

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as LookSchedule);

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    /// <summary>Returns the schedule as text, for example <c>AlwaysValid</c> or <c>GroupSequential(OBrienFleming; 0.5; 1)</c>.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => Kind != LookScheduleKind.GroupSequential
        ? Kind.ToString()
        : $"{Kind}({Spending}{Separator}{string.Join(Separator, _informationTimes.Select(static time => time.ToString("R", CultureInfo.InvariantCulture)))})";

    /// <summary>Parses the result of <see cref="ToString"/>.</summary>
    /// <returns>The schedule; null if the text is not a schedule.</returns>
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
