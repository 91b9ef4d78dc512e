namespace ExperimentFramework.DataPlane.OpenTelemetry;

/// <summary>How requests are compressed.</summary>
public enum OtlpCompression
{
    /// <summary>Requests are not compressed.</summary>
    None = 0,

    /// <summary>Requests are compressed with gzip (RFC 1952).</summary>
    Gzip = 1,
}
