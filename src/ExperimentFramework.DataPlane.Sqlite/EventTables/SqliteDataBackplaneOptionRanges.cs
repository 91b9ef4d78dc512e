namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>The ranges of <c>SqliteDataBackplaneOptions</c>. Compiled into the analyzers too.</summary>
internal static class SqliteDataBackplaneOptionRanges
{
    public static readonly OptionRange<TimeSpan> Retention = OptionRange<TimeSpan>.From(TimeSpan.FromHours(1), TimeSpan.FromDays(36_500));
}
