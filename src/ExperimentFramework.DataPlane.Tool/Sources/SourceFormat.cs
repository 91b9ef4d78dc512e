namespace ExperimentFramework.DataPlane.Tool;

/// <summary>How a file holds its events.</summary>
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
}
