namespace ExperimentFramework.DataPlane.Science;

/// <summary>The last run of an experiment.</summary>
/// <param name="Experiment">The experiment's name.</param>
/// <param name="Run">The number of the run.</param>
/// <param name="LogPValue">The smallest ln p since the last reset, without the factor for several hosts.</param>
internal sealed record RunNumber(string Experiment, int Run, double LogPValue);
