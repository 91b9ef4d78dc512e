namespace ExperimentFramework.DataPlane.Generators.Model;

/// <summary>The enqueueing of an exposure, which is awaited together with the result of a call.</summary>
/// <param name="Local">An unused name for the local that holds it.</param>
/// <param name="Method">The runtime method that awaits both.</param>
internal sealed record EnqueueModel(string Local, string Method);
