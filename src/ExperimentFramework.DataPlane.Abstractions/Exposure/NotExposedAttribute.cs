namespace ExperimentFramework.DataPlane;

/// <summary>
/// Excludes a member from the exposures: a method is forwarded to the subject's variant and a property to the variant that the proxy instance
/// always uses, and nothing is recorded.
/// </summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Property)]
public sealed class NotExposedAttribute : Attribute;
