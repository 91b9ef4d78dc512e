namespace ExperimentFramework.DataPlane;

/// <summary>Marks the parameter that identifies the tenant that the subject belongs to.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class ExposureTenantAttribute : Attribute;
