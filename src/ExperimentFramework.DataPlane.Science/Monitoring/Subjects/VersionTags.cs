namespace ExperimentFramework.DataPlane.Science;

/// <summary>
/// The numbers by which subjects name versions of the weights, in 7 bits: 127 for 64 versions. A version that is replaced leaves its number behind, so that its subjects need not be searched for. Once all numbers are used up, those
/// that were left behind are cleared from all subjects at once, at most with every 63rd replacement.
/// </summary>
internal sealed class VersionTags
{
    /// <summary>The number of versions that have a number at the same time.</summary>
    public const int MaxVersions = 64;

    private const int TagCount = 128;
    private const sbyte Retired = -1;

    private readonly byte[] _tags = new byte[MaxVersions];
    private readonly sbyte[] _versions = new sbyte[TagCount];
    private readonly bool[] _isLeftBehind = new bool[TagCount];

    /// <summary>Starts with the number n + 1 for version n.</summary>
    public VersionTags()
    {
        Array.Fill(_versions, Retired);
        for (var version = 0; version < _tags.Length; version++)
        {
            Set(version, version + 1);
        }
    }

    /// <summary>The number of a version.</summary>
    public int TagOf(int version) => _tags[version];

    /// <summary>The version with a number; -1 if it was replaced.</summary>
    public int VersionOf(int tag) => _versions[tag];

    /// <summary>Gives a version that is replaced by another one a number that no subject has.</summary>
    /// <returns>False if there is none: <see cref="Recycle"/> is to be called once no subject has a number without a version.</returns>
    public bool TryRetire(int version)
    {
        _isLeftBehind[_tags[version]] = true;
        _versions[_tags[version]] = Retired;
        return TrySet(version);
    }

    /// <summary>Gives a version a number after those that were left behind have been cleared.</summary>
    public void Recycle(int version)
    {
        Array.Clear(_isLeftBehind);
        TrySet(version);
    }

    private bool TrySet(int version)
    {
        for (var tag = 1; tag < TagCount; tag++)
        {
            if (_versions[tag] == Retired && !_isLeftBehind[tag])
            {
                Set(version, tag);
                return true;
            }
        }

        return false;
    }

    private void Set(int version, int tag)
    {
        _tags[version] = (byte)tag;
        _versions[tag] = (sbyte)version;
    }
}
