namespace ExperimentFramework.DataPlane.Science;

/// <summary>A look at the results of an experiment.</summary>
/// <param name="Subjects">The subjects whose results it showed, which decide what it costs.</param>
/// <param name="Deciding">The subjects that decide which planned looks had been reached; 0 if the plan allowed no look yet. Kept as subjects and not as a number of looks, so that a plan that is edited later counts them by its own looks.</param>
internal readonly record struct PastLook(long Subjects, long Deciding);
