namespace ExperimentFramework.DataPlane;

/// <summary>What the events say of a variant: its key, and the module version id of the assembly that holds it.</summary>
internal sealed record Variant(string Key, Guid Build);
