namespace ExperimentFramework.DataPlane;

/// <summary>What all proxies of an experiment share.</summary>
/// <param name="Name">The experiment's name.</param>
/// <param name="Assigner">Decides.</param>
/// <param name="Recorder">Records.</param>
/// <param name="FallsBackToControl">Whether control answers where the assigned variant throws.</param>
internal sealed record Experiment(string Name, Assigner Assigner, ExposureRecorder Recorder, bool FallsBackToControl);
