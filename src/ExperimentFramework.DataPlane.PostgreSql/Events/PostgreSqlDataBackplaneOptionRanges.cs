namespace ExperimentFramework.DataPlane.PostgreSql;

/// <summary>The ranges of <c>PostgreSqlDataBackplaneOptions</c>. Compiled into the analyzers too.</summary>
internal static class PostgreSqlDataBackplaneOptionRanges
{
    public static readonly OptionRange<TimeSpan> Retention = OptionRange<TimeSpan>.From(TimeSpan.FromDays(1), TimeSpan.FromDays(36_500));
    public static readonly OptionRange<int> PartitionsAhead = OptionRange<int>.From(1, 366);
}
