namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>The ranges of <c>SqliteAssignmentStoreOptions</c>. Compiled into the analyzers too.</summary>
internal static class SqliteAssignmentStoreOptionRanges
{
    public static readonly OptionRange<TimeSpan> Retention = OptionRange<TimeSpan>.From(TimeSpan.FromHours(1), TimeSpan.FromDays(3_650));
}
