namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Events that producers say they dropped.</summary>
/// <param name="Experiment">The experiment; <c>*</c> if they belong to no single one.</param>
/// <param name="Category">Their category.</param>
/// <param name="Reason">The reason.</param>
/// <param name="Count">How many.</param>
internal sealed record DropSummary(string Experiment, string Category, string Reason, long Count);
