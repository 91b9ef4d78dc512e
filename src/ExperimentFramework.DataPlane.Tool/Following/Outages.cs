using System.Collections.Concurrent;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>The servers that are followed and cannot be reached at the moment. Thread-safe.</summary>
internal sealed class Outages
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> _since = new(StringComparer.Ordinal);

    /// <summary>The servers, and since when they cannot be reached.</summary>
    public IReadOnlyList<(string Name, DateTimeOffset Since)> All => [.. _since.Select(static outage => (outage.Key, outage.Value)).OrderBy(static outage => outage.Key, StringComparer.Ordinal)];

    /// <summary>Notes that a server cannot be reached.</summary>
    /// <returns>False if that was known.</returns>
    public bool TryBegin(string name, DateTimeOffset now) => _since.TryAdd(name, now);

    /// <summary>Notes that a server can be reached.</summary>
    public void End(string name) => _since.TryRemove(name, out _);
}
