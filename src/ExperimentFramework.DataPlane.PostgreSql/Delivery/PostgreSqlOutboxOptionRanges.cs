namespace ExperimentFramework.DataPlane.PostgreSql;

/// <summary>The ranges of <c>PostgreSqlOutboxOptions</c>. Compiled into the analyzers too.</summary>
internal static class PostgreSqlOutboxOptionRanges
{
    public static readonly OptionRange<long> MaxBytes = OptionRange<long>.From(4_096, 1L << 40);
    public static readonly OptionRange<TimeSpan> MaxAge = OptionRange<TimeSpan>.Above(TimeSpan.Zero, TimeSpan.FromDays(365));
}
