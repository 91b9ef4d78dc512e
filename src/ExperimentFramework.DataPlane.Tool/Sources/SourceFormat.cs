namespace ExperimentFramework.DataPlane.Tool;

/// <summary>How a source holds its events.</summary>
internal enum SourceFormat
{
    /// <summary>JSON lines.</summary>
    JsonLines,

    /// <summary>JSON lines, compressed with gzip.</summary>
    Gzip,

    /// <summary>JSON lines, compressed with zstd.</summary>
    Zstd,

    /// <summary>Parquet.</summary>
    Parquet,

    /// <summary>A Kafka topic.</summary>
    Kafka,

    /// <summary>The tables of a PostgreSQL database.</summary>
    PostgreSql,
}
