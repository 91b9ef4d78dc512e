namespace ExperimentFramework.DataPlane;

/// <summary>The result of a question to a store.</summary>
/// <param name="IsAnswered">False if the store was not asked, threw or took too long.</param>
/// <param name="Existing">The assignment that the store already holds; null if there is none.</param>
/// <param name="IsMissed">Whether the store itself was away, so that the same question may be answered later.</param>
internal readonly record struct StoreResult(bool IsAnswered, StoredAssignment? Existing, bool IsMissed = false)
{
    /// <summary>The store was not asked or did not answer.</summary>
    public static StoreResult Missed { get; } = new(IsAnswered: false, Existing: null, IsMissed: true);

    /// <summary>The store works, but not for this subject.</summary>
    public static StoreResult Refused { get; } = new(IsAnswered: false, Existing: null);
}
