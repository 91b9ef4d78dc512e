namespace ExperimentFramework.DataPlane;

/// <summary>Tags the parameter that names the tenant the subject belongs to.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class ExposureTenantAttribute : Attribute;
