namespace ExperimentFramework.DataPlane;

/// <summary>The recorders of one experiment.</summary>
/// <param name="Sampling">The experiment's sampling.</param>
/// <param name="Assignments">Records assignment changes.</param>
/// <param name="Exposures">Records exposures.</param>
internal sealed record ExperimentRecorders(SamplingMonitor Sampling, AssignmentRecorder Assignments, ExposureRecorder Exposures);
