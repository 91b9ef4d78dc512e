namespace ExperimentFramework.DataPlane;

/// <summary>
/// Takes a member out of the exposures: a method is forwarded to the subject's variant, a property to the variant the proxy
/// stays on, and nothing is recorded.
/// </summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Property)]
public sealed class NotExposedAttribute : Attribute;
