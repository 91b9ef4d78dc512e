namespace ExperimentFramework.BrokenExperimentSample;

/// <summary>What the monitor knew after a number of subjects.</summary>
/// <param name="Subjects">The subjects counted.</param>
/// <param name="ShareOfNew">The share of the new checkout.</param>
/// <param name="LogPValue">The natural logarithm of p.</param>
internal readonly record struct Progress(long Subjects, double ShareOfNew, double LogPValue);
