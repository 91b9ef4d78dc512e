namespace ExperimentFramework.DataPlane;

/// <summary>
/// Puts a member into the exposures that is not one by default: a property or indexer, an event, or a method named like one
/// of <see cref="object"/>'s. A property or event stays on the variant its proxy instance stays on.
/// </summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Property | AttributeTargets.Event)]
public sealed class ExposedAttribute : Attribute;
