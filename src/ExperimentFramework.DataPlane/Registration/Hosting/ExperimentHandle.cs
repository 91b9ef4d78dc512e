namespace ExperimentFramework.DataPlane;

/// <summary>Exposes an experiment as an unkeyed service, so that start-up can enumerate all of them.</summary>
/// <param name="Experiment">The experiment.</param>
/// <param name="Setup">The experiment's registration.</param>
internal sealed record ExperimentHandle(Experiment Experiment, ExperimentSetup Setup);
