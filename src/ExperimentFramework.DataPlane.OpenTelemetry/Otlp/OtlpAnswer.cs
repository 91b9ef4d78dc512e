namespace ExperimentFramework.DataPlane.OpenTelemetry;

/// <summary>What the collector made of a request that it did not refuse as a whole for a reason of its own.</summary>
/// <param name="Verdict">What became of the records.</param>
/// <param name="Rejected">The number of records that the collector rejected while it accepted the others.</param>
/// <param name="Error">Why records were not accepted; null if all were.</param>
internal readonly record struct OtlpAnswer(OtlpVerdict Verdict, long Rejected = 0, Exception? Error = null);

/// <summary>What became of the records of a request.</summary>
internal enum OtlpVerdict
{
    /// <summary>They were accepted, except for those that were rejected.</summary>
    Accepted,

    /// <summary>None was accepted, because the collector cannot read one of them, or the destination's headers are wrong.</summary>
    Unreadable,

    /// <summary>None was accepted, because they are too large together.</summary>
    TooLarge,
}
