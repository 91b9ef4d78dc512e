namespace ExperimentFramework.DataPlane;

/// <summary>The subject of a call; the id is null if the subject is unknown.</summary>
internal readonly record struct Subject(string? Id, string? Type, string? TenantId)
{
    /// <summary>
    /// The maximum length of an id, a type or a tenant, in characters; with a longer one the subject counts as unknown. Each becomes part of keys,
    /// hashes, stores and events, and may come from a request.
    /// </summary>
    public const int MaxLength = 1_024;

    /// <summary>Returns whether every part is within <see cref="MaxLength"/>.</summary>
    public static bool Fits(string? id, string? type, string? tenantId) =>
        (id is null || id.Length <= MaxLength) && (type is null || type.Length <= MaxLength) && (tenantId is null || tenantId.Length <= MaxLength);
}
