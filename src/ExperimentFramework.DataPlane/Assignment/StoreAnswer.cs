namespace ExperimentFramework.DataPlane;

/// <summary>What came of asking a store.</summary>
/// <param name="IsAnswered">False where the store was not asked, threw or took too long.</param>
/// <param name="Standing">The assignment that stands in the store and was not written now; null for none.</param>
internal readonly record struct StoreAnswer(bool IsAnswered, StoredAssignment? Standing);
