namespace ExperimentFramework.DataPlane;

/// <summary>A variant of an experiment.</summary>
/// <param name="Id">The variant's index in the experiment; control is 0.</param>
/// <param name="Key">The variant's key.</param>
/// <param name="Build">The module version id of the implementation's module; null if the implementation is not known.</param>
/// <param name="Instance">The index of the proxy's instance that serves the variant.</param>
internal sealed record Variant(int Id, string Key, Guid? Build, int Instance);
