namespace ExperimentFramework.DataPlane;

/// <summary>Takes a method out of the exposures: it is forwarded to the subject's variant and recorded nowhere.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NotExposedAttribute : Attribute;
