using System.Globalization;

namespace ExperimentFramework.DataPlane;

// Compiled into the analyzers too, so that the compiler and start-up reject the same values: nothing here may need more than .NET Standard 2.0.

/// <summary>The ranges of <c>DataPlaneOptions</c>, its <c>RetryOptions</c> and its <c>ExperimentOptions</c>, of <c>FileDataBackplaneOptions</c> and of <c>EventReadingOptions</c>.</summary>
internal static class OptionRanges
{
    public static readonly OptionRange<double> SamplingRate = OptionRange<double>.From(0, 1);
    public static readonly OptionRange<TimeSpan> RepeatWindow = OptionRange<TimeSpan>.Above(TimeSpan.Zero, TimeSpan.FromDays(365));
    public static readonly OptionRange<int> RepeatCapacity = OptionRange<int>.From(1, 100_000_000);
    public static readonly OptionRange<int> MaxQueueSize = OptionRange<int>.From(1, 10_000_000);
    public static readonly OptionRange<TimeSpan> FlushInterval = OptionRange<TimeSpan>.Above(TimeSpan.Zero, TimeSpan.FromHours(1));
    public static readonly OptionRange<TimeSpan> AccountingInterval = OptionRange<TimeSpan>.From(TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
    public static readonly OptionRange<int> MaxAttributeLength = OptionRange<int>.From(16, 1_000_000);
    public static readonly OptionRange<TimeSpan> BlockTimeout = OptionRange<TimeSpan>.Above(TimeSpan.Zero, TimeSpan.FromHours(1));
    public static readonly OptionRange<TimeSpan> PublishTimeout = OptionRange<TimeSpan>.Above(TimeSpan.Zero, TimeSpan.FromHours(1));
    public static readonly OptionRange<TimeSpan> ShutdownTimeout = OptionRange<TimeSpan>.From(TimeSpan.Zero, TimeSpan.FromHours(1));
    public static readonly OptionRange<int> MaxAttempts = OptionRange<int>.From(1, 100);
    public static readonly OptionRange<TimeSpan> MaxDelay = OptionRange<TimeSpan>.Above(TimeSpan.Zero, TimeSpan.FromHours(1));
    public static readonly OptionRange<TimeSpan> AssignmentCacheDuration = OptionRange<TimeSpan>.Above(TimeSpan.Zero, TimeSpan.FromDays(365));
    public static readonly OptionRange<int> AssignmentCacheCapacity = OptionRange<int>.From(1, 100_000_000);
    public static readonly OptionRange<TimeSpan> StoreTimeout = OptionRange<TimeSpan>.From(TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(10));
    public static readonly OptionRange<long> RollBytes = OptionRange<long>.From(4_096, 1L << 34);
    public static readonly OptionRange<TimeSpan> RollInterval = OptionRange<TimeSpan>.From(TimeSpan.FromSeconds(1), TimeSpan.FromDays(7));
    public static readonly OptionRange<TimeSpan> RetentionAge = OptionRange<TimeSpan>.From(TimeSpan.FromMinutes(1), TimeSpan.FromDays(3_650));
    public static readonly OptionRange<long> RetentionBytes = OptionRange<long>.From(4_096, 1L << 50);
    public static readonly OptionRange<int> MaxLineBytes = OptionRange<int>.From(1_024, 1 << 30);

    /// <summary>The range of <c>BatchSize</c>: a batch is taken from the queue.</summary>
    public static OptionRange<int> BatchSize(int maxQueueSize) => OptionRange<int>.From(1, maxQueueSize, "MaxQueueSize");

    /// <summary>The range of <c>Retry.BaseDelay</c>: the first delay is not longer than the longest.</summary>
    public static OptionRange<TimeSpan> BaseDelay(TimeSpan maxDelay) => OptionRange<TimeSpan>.Above(TimeSpan.Zero, maxDelay, "Retry.MaxDelay");
}

/// <summary>The values that an option may have, and their text in messages.</summary>
internal sealed class OptionRange<T>
    where T : struct, IComparable<T>, IFormattable
{
    private readonly T _min;
    private readonly T? _max;
    private readonly bool _excludesMin;
    private readonly string? _bound;

    private OptionRange(T min, T? max, bool excludesMin, string? bound)
    {
        _min = min;
        _max = max;
        _excludesMin = excludesMin;
        _bound = bound;
    }

    /// <summary>A range that includes both ends.</summary>
    /// <param name="min">The lowest value.</param>
    /// <param name="max">The highest value.</param>
    /// <param name="bound">The option that <paramref name="max"/> is the value of, if it is one.</param>
    public static OptionRange<T> From(T min, T max, string? bound = null) => new(min, max, excludesMin: false, bound);

    /// <summary>A range that includes only its upper end.</summary>
    /// <param name="min">The value above which the range begins.</param>
    /// <param name="max">The highest value.</param>
    /// <param name="bound">The option that <paramref name="max"/> is the value of, if it is one.</param>
    public static OptionRange<T> Above(T min, T max, string? bound = null) => new(min, max, excludesMin: true, bound);

    /// <summary>A range without an upper end.</summary>
    /// <param name="min">The lowest value.</param>
    public static OptionRange<T> AtLeast(T min) => new(min, max: null, excludesMin: false, bound: null);

    public bool Contains(T value) => value.CompareTo(_min) >= (_excludesMin ? 1 : 0) && (_max is not { } max || value.CompareTo(max) <= 0);

    /// <summary>The range as it completes "it must be".</summary>
    public override string ToString() =>
        (_max is not { } max ? $"at least {Text(_min)}"
            : _excludesMin ? $"more than {Text(_min)} and at most {Text(max)}"
            : $"from {Text(_min)} to {Text(max)}") + (_bound is null ? "" : $" ({_bound})");

    private static string Text(T value) => value is not TimeSpan time ? value.ToString(null, CultureInfo.InvariantCulture)
        : time == TimeSpan.Zero ? "0"
        : time == TimeSpan.FromDays(1) ? "1 day"
        : time == TimeSpan.FromHours(1) ? "1 hour"
        : time == TimeSpan.FromMinutes(1) ? "1 minute"
        : In(time.TotalDays) is { } days ? days + " days"
        : time < TimeSpan.FromSeconds(1) && In(time.TotalMilliseconds) is { } milliseconds ? milliseconds + " ms"
        : time < TimeSpan.FromMinutes(1) && In(time.TotalSeconds) is { } seconds ? seconds + " s"
        : time.ToString("c", CultureInfo.InvariantCulture);

    /// <summary>The number, if it is whole.</summary>
    private static string? In(double units) => units == Math.Floor(units) ? units.ToString(CultureInfo.InvariantCulture) : null;
}
