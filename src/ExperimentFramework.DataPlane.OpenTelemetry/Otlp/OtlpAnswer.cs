namespace ExperimentFramework.DataPlane.OpenTelemetry;

/// <summary>The collector's answer to a request, unless it refused the request for a reason that is unrelated to its contents.</summary>
/// <param name="Verdict">How the collector handled the records.</param>
/// <param name="Rejected">The number of records that the collector rejected while it accepted the others.</param>
/// <param name="Error">Why records were not accepted; null if all were.</param>
internal readonly record struct OtlpAnswer(OtlpVerdict Verdict, long Rejected = 0, Exception? Error = null);

/// <summary>How the collector handled the records of a request.</summary>
internal enum OtlpVerdict
{
    /// <summary>The records were accepted, except for the rejected ones.</summary>
    Accepted,

    /// <summary>None was accepted, because the collector cannot read one of them, or the destination's headers are wrong.</summary>
    Unreadable,

    /// <summary>None was accepted, because together they are too large.</summary>
    TooLarge,
}
