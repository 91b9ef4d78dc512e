namespace ExperimentFramework.DataPlane;

/// <summary>Who a call is for; the id is null when that is unknown.</summary>
internal readonly record struct Subject(string? Id, string? Type, string? TenantId)
{
    /// <summary>
    /// The most characters of an id, a type or a tenant: beyond it the subject is unknown. Each goes into keys, hashes, stores and events, and
    /// may come from a request.
    /// </summary>
    public const int MaxLength = 1_024;

    /// <summary>Whether no part is too long.</summary>
    public static bool Fits(string? id, string? type, string? tenantId) =>
        (id is null || id.Length <= MaxLength) && (type is null || type.Length <= MaxLength) && (tenantId is null || tenantId.Length <= MaxLength);
}
