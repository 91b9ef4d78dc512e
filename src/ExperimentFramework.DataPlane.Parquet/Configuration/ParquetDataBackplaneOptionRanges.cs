namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>The ranges of <c>ParquetDataBackplaneOptions</c>. Compiled into the analyzers too.</summary>
internal static class ParquetDataBackplaneOptionRanges
{
    public static readonly OptionRange<long> RollBytes = OptionRange<long>.From(64 * 1024, 1024 * 1024 * 1024);
    public static readonly OptionRange<TimeSpan> RollInterval = OptionRange<TimeSpan>.From(TimeSpan.FromSeconds(1), TimeSpan.FromDays(7));
    public static readonly OptionRange<int> RowGroupRows = OptionRange<int>.From(32_768, 131_072);
}
