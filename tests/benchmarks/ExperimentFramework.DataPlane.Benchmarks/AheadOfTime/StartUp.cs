namespace ExperimentFramework.DataPlane.Benchmarks.AheadOfTime;

/// <summary>One process, from its start on.</summary>
/// <param name="Started">Until the host had started.</param>
/// <param name="Exposed">Until the first exposure was delivered; null where there is none.</param>
/// <param name="Resident">The bytes of memory that were resident then.</param>
/// <param name="Peak">The most bytes that were resident until then.</param>
internal readonly record struct StartUp(TimeSpan Started, TimeSpan? Exposed, long Resident, long Peak)
{
    /// <summary>Until all that the process is for has happened.</summary>
    public TimeSpan Ready => Exposed ?? Started;
}
