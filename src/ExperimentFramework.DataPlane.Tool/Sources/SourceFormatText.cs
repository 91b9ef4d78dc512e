namespace ExperimentFramework.DataPlane.Tool;

/// <summary>The names of formats.</summary>
internal static class SourceFormatText
{
    public static string Of(SourceFormat format) => format switch
    {
        SourceFormat.Gzip => "jsonl.gz",
        SourceFormat.Zstd => "jsonl.zst",
        SourceFormat.Parquet => "parquet",
        SourceFormat.Kafka => "kafka",
        SourceFormat.PostgreSql => "postgresql",
        _ => "jsonl",
    };
}
