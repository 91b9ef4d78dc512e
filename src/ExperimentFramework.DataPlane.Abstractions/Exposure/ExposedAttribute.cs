namespace ExperimentFramework.DataPlane;

/// <summary>
/// Makes a member record exposures that does not by default: a property or indexer, an event, or a method with the name of one
/// of <see cref="object"/>'s methods. A property or event is always forwarded to the same variant of its proxy instance.
/// </summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Property | AttributeTargets.Event)]
public sealed class ExposedAttribute : Attribute;
