namespace ExperimentFramework.DataPlane;

/// <summary>The result of claiming an exposure, with the data needed to release the claim.</summary>
internal readonly record struct DeduplicationClaim(bool IsRepeat, ulong Key, long Pair, long PairBefore, long PreviousRecordedAt, long LastRecordedAt)
{
    public const long NothingBefore = -1;

    /// <summary>The <see cref="Variant.Id"/> of the variant that the subject was assigned before; null if it is not known.</summary>
    public int? AssignedBefore => PairBefore == NothingBefore ? null : (int)(PairBefore >> 32);
}
