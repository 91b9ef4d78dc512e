namespace ExperimentFramework.DataPlane;

/// <summary>Lists an experiment among all of the container's, so that start-up reaches each of them.</summary>
/// <param name="Experiment">The experiment.</param>
/// <param name="Setup">How it was registered.</param>
internal sealed record ExperimentHandle(Experiment Experiment, ExperimentSetup Setup);
