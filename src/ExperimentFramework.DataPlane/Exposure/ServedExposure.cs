namespace ExperimentFramework.DataPlane;

/// <summary>Something that was served and may be logged by hand.</summary>
/// <param name="Subject">To whom.</param>
/// <param name="Assigned">What was decided.</param>
/// <param name="Variant">Who answered.</param>
/// <param name="Attributes">The call's attributes.</param>
internal sealed record ServedExposure(Subject Subject, Decision Assigned, Variant Variant, AttributeSlot[]? Attributes);
