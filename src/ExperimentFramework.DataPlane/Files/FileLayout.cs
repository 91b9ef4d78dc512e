namespace ExperimentFramework.DataPlane;

/// <summary>Where finished event files are.</summary>
public enum FileLayout
{
    /// <summary>All in the folder itself.</summary>
    Flat = 0,

    /// <summary>
    /// By experiment and day in UTC, as Hive, Spark and DuckDB name partitions: <c>experiment=checkout/date=2026-03-01</c>. Events arrive there when their file is
    /// finished; until then they are in the folder itself.
    /// </summary>
    Partitioned = 1,
}
