namespace ExperimentFramework.DataPlane;

/// <summary>Who a call is for; the id is null when that is unknown.</summary>
internal readonly record struct Subject(string? Id, string? Type, string? TenantId);
