using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>Hashes the subjects of an experiment.</summary>
/// <param name="experiment">The name of the experiment.</param>
internal sealed class SubjectHash(string experiment)
{
    // Assignment and sampling use different seeds: which subjects are forgotten must not depend on either.
    private readonly long _seed = (long)XxHash3.HashToUInt64(Encoding.UTF8.GetBytes("monitor:" + experiment));

    // Which subjects are read out must not depend on which are counted, so that the two probabilities multiply.
    private readonly long _scopeSeed = (long)XxHash3.HashToUInt64(Encoding.UTF8.GetBytes("outcomes:" + experiment));

    private (string? Type, string? Tenant, long Scope)? _latest;

    /// <summary>Hashes an id. Selectors assign by id, so the same id in two tenants counts once.</summary>
    public ulong Of(string subjectId) => (ulong)Hash(subjectId, _seed);

    /// <summary>Hashes a subject: an id with its type and tenant, as in metric events.</summary>
    public ulong Of(string subjectId, string? subjectType, string? tenantId) => InScope(subjectId, ScopeOf(subjectType, tenantId));

    /// <summary>Hashes a subject whose type and tenant have already been hashed.</summary>
    /// <param name="subjectId">The id.</param>
    /// <param name="scope">The result of <see cref="ScopeOf"/>.</param>
    public static ulong InScope(string subjectId, long scope) => (ulong)Hash(subjectId, scope);

    /// <summary>Hashes the type and the tenant of a subject.</summary>
    public long ScopeOf(string? subjectType, string? tenantId)
    {
        // Most subjects have the type of the one before, and no tenant.
        if (_latest is not { } latest || !ReferenceEquals(subjectType, latest.Type) || !ReferenceEquals(tenantId, latest.Tenant))
        {
            var seed = subjectType is null ? _scopeSeed : Hash(subjectType, _scopeSeed);
            _latest = latest = (subjectType, tenantId, tenantId is null ? seed : Hash(tenantId, seed + 1));
        }

        return latest.Scope;
    }

    private static long Hash(string text, long seed) => (long)XxHash3.HashToUInt64(MemoryMarshal.AsBytes(text.AsSpan()), seed);
}
