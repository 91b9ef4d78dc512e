namespace ExperimentFramework.DataPlane.Generators.Model;

/// <summary>What is awaited beside the result of a call.</summary>
/// <param name="Local">A free name for it.</param>
/// <param name="Method">The method of the run time that awaits both.</param>
internal sealed record EnqueueModel(string Local, string Method);
