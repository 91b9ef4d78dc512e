namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>The ranges of <c>SqliteOutboxOptions</c>. Compiled into the analyzers too.</summary>
internal static class SqliteOutboxOptionRanges
{
    public static readonly OptionRange<long> MaxBytes = OptionRange<long>.From(4_096, 1L << 40);
    public static readonly OptionRange<TimeSpan> MaxAge = OptionRange<TimeSpan>.Above(TimeSpan.Zero, TimeSpan.FromDays(365));
}
