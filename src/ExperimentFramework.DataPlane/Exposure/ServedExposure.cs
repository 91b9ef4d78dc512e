namespace ExperimentFramework.DataPlane;

/// <summary>A served variant whose exposure the application may log explicitly.</summary>
/// <param name="Subject">The subject it was served to.</param>
/// <param name="Assigned">The assignment decision.</param>
/// <param name="Variant">The variant that was served.</param>
/// <param name="Attributes">The exposure attributes of the call.</param>
internal sealed record ServedExposure(Subject Subject, Decision Assigned, Variant Variant, AttributeSlot[]? Attributes);
