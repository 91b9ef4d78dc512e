namespace ExperimentFramework.DataPlane;

/// <summary>A variant as decisions and events know it.</summary>
/// <param name="Id">Its number in the experiment; control is 0.</param>
/// <param name="Key">Its key.</param>
/// <param name="Build">The module version id of the assembly that holds it; null where the implementation is not known.</param>
/// <param name="Instance">Which of the proxy's instances serves it.</param>
internal sealed record Variant(int Id, string Key, Guid? Build, int Instance);
