namespace ExperimentFramework.DataPlane;

/// <summary>The result of a query to a store.</summary>
/// <param name="IsAnswered">False if the store was not queried, threw or took too long.</param>
/// <param name="Existing">The assignment that the store already holds; null if there is none.</param>
/// <param name="IsMissed">Whether the store itself was unavailable, so that the same query may succeed later.</param>
internal readonly record struct StoreResult(bool IsAnswered, StoredAssignment? Existing, bool IsMissed = false)
{
    /// <summary>The store was not queried or did not answer.</summary>
    public static StoreResult Missed { get; } = new(IsAnswered: false, Existing: null, IsMissed: true);

    /// <summary>The store works but failed for this subject.</summary>
    public static StoreResult Refused { get; } = new(IsAnswered: false, Existing: null);
}
