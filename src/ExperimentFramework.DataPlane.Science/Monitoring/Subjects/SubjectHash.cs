using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>Hashes the subjects of an experiment.</summary>
/// <param name="experiment">The name of the experiment.</param>
internal sealed class SubjectHash(string experiment)
{
    // Assignment and sampling hash with seeds of their own: which subjects are forgotten must not depend on either.
    private readonly long _seed = (long)XxHash3.HashToUInt64(Encoding.UTF8.GetBytes("monitor:" + experiment));

    // Which subjects are read out must not depend on which are counted, so that the shares of both multiply.
    private readonly long _scopeSeed = (long)XxHash3.HashToUInt64(Encoding.UTF8.GetBytes("outcomes:" + experiment));

    /// <summary>The hash of an id, which is what selectors draw by: the same id in two tenants is one draw.</summary>
    public ulong Of(string subjectId) => (ulong)Hash(subjectId, _seed);

    /// <summary>The hash of a subject: an id with its type and tenant, which metrics are published for.</summary>
    public ulong Of(string subjectId, string? subjectType, string? tenantId) => InScope(subjectId, ScopeOf(subjectType, tenantId));

    /// <summary>The hash of a subject whose type and tenant were hashed before.</summary>
    /// <param name="subjectId">The id.</param>
    /// <param name="scope">What <see cref="ScopeOf"/> returned.</param>
    public static ulong InScope(string subjectId, long scope) => (ulong)Hash(subjectId, scope);

    /// <summary>The hash of the type and the tenant of a subject.</summary>
    public long ScopeOf(string? subjectType, string? tenantId)
    {
        var seed = subjectType is null ? _scopeSeed : Hash(subjectType, _scopeSeed);
        return tenantId is null ? seed : Hash(tenantId, seed + 1);
    }

    private static long Hash(string text, long seed) => (long)XxHash3.HashToUInt64(MemoryMarshal.AsBytes(text.AsSpan()), seed);
}
