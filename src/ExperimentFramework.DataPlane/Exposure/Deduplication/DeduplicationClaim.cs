namespace ExperimentFramework.DataPlane;

/// <summary>The answer of the repeat memory, with what it takes to take the claim back.</summary>
internal readonly record struct DeduplicationClaim(bool IsRepeat, ulong Key, long Pair, long PairBefore, long PreviousRecordedAt, long LastRecordedAt)
{
    public const long NothingBefore = -1;

    /// <summary>The number of the variant that the subject was assigned before; null where that is not known.</summary>
    public int? AssignedBefore => PairBefore == NothingBefore ? null : (int)(PairBefore >> 32);
}
