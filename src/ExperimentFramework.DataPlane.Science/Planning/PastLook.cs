namespace ExperimentFramework.DataPlane.Science;

/// <summary>A look at the results of an experiment.</summary>
/// <param name="Subjects">The subjects that had been counted.</param>
/// <param name="Due">How many planned looks were due by then.</param>
/// <param name="PlanHash">The hash of the plan that these are looks of: another one has other looks.</param>
internal readonly record struct PastLook(long Subjects, int Due, string PlanHash);
