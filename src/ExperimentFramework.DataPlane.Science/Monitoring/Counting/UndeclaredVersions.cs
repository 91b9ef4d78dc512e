namespace ExperimentFramework.DataPlane.Science;

/// <summary>The versions of the weights that appear in exposures but have not been declared, at most 64.</summary>
internal sealed class UndeclaredVersions
{
    private readonly Dictionary<string, (DateTimeOffset Since, long Exposures)> _versions = new(StringComparer.Ordinal);

    /// <summary>When each was first seen, and in how many exposures.</summary>
    public IReadOnlyDictionary<string, (DateTimeOffset Since, long Exposures)> All => _versions;

    /// <summary>Counts exposures.</summary>
    public void Add(string version, DateTimeOffset now, long exposures = 1)
    {
        if (_versions.TryGetValue(version, out var seen))
        {
            _versions[version] = (seen.Since < now ? seen.Since : now, seen.Exposures + exposures);
        }
        else if (_versions.Count < SubjectTable.MaxVersions)
        {
            _versions.Add(version, (now, exposures));
        }
    }

    /// <summary>Restores a version from a snapshot.</summary>
    public void Restore(string version, DateTimeOffset since, long exposures) => _versions[version] = (since, exposures);

    /// <summary>Removes a version that has been declared.</summary>
    public void Remove(string version) => _versions.Remove(version);
}
