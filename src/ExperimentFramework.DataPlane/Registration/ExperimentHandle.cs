namespace ExperimentFramework.DataPlane;

/// <summary>Lists an experiment among all of the container's, so that start-up reaches each of them.</summary>
internal sealed record ExperimentHandle(Experiment Experiment);
