namespace ExperimentFramework.DataPlane;

/// <summary>The attributes that an interface declares as personal.</summary>
/// <param name="ExperimentName">The name of the interface's experiment.</param>
/// <param name="Names">The attributes' names; empty if the interface declares that none is personal.</param>
internal sealed record PersonalAttributes(string ExperimentName, IReadOnlyList<string> Names);
