namespace ExperimentFramework.DataPlane.PostgreSql;

/// <summary>The ranges of <c>PostgreSqlAssignmentStoreOptions</c>. Compiled into the analyzers too.</summary>
internal static class PostgreSqlAssignmentStoreOptionRanges
{
    public static readonly OptionRange<TimeSpan> Retention = OptionRange<TimeSpan>.From(TimeSpan.FromHours(1), TimeSpan.FromDays(3_650));
}
