namespace ExperimentFramework.DataPlane;

/// <summary>Lists an experiment among all of the container's, so that start-up reaches each of them.</summary>
/// <param name="Experiment">The experiment.</param>
/// <param name="LogsExposures">Whether its registration asked for exposures.</param>
/// <param name="LeavesFallbackUnused">Whether its proxy could call control again, and nothing asks for it.</param>
internal sealed record ExperimentHandle(Experiment Experiment, bool LogsExposures, bool LeavesFallbackUnused);
