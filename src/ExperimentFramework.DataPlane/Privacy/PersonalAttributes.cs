namespace ExperimentFramework.DataPlane;

/// <summary>The attributes that an interface declares personal.</summary>
/// <param name="ExperimentName">The experiment on the interface.</param>
/// <param name="Names">The attributes' names.</param>
internal sealed record PersonalAttributes(string ExperimentName, IReadOnlyList<string> Names);
