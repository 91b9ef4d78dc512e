namespace ExperimentFramework.DataPlane;

/// <summary>How finished event files are compressed. The file that is being written never is.</summary>
public enum FileCompression
{
    /// <summary>They are not: <c>.jsonl</c>.</summary>
    None = 0,

    /// <summary>With gzip: <c>.jsonl.gz</c>, about a tenth of the size.</summary>
    Gzip = 1,
}
