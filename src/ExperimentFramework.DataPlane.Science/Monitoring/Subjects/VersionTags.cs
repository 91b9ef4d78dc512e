namespace ExperimentFramework.DataPlane.Science;

/// <summary>
/// The numbers that represent versions of the weights in the slots of subjects, in 7 bits: 127 numbers for 64 versions. When a version is replaced, its number is retired instead of being removed from all slots. When no number is left, all
/// retired numbers are cleared from the slots at once, at most at every 63rd replacement.
/// </summary>
internal sealed class VersionTags
{
    /// <summary>The number of versions that have a number at the same time.</summary>
    public const int MaxVersions = 64;

    private const int TagCount = 128;
    private const sbyte Retired = -1;

    private readonly byte[] _tags = new byte[MaxVersions];
    private readonly sbyte[] _versions = new sbyte[TagCount];
    private readonly bool[] _isRetiredTag = new bool[TagCount];

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

    /// <summary>Retires the number of a version that is replaced, and assigns an unused number to its index.</summary>
    /// <returns>False if there is none. Then clear the retired numbers from all subjects, and call <see cref="Recycle"/>.</returns>
    public bool TryRetire(int version)
    {
        _isRetiredTag[_tags[version]] = true;
        _versions[_tags[version]] = Retired;
        return TrySet(version);
    }

    /// <summary>Gives a version a number after the retired numbers have been cleared.</summary>
    public void Recycle(int version)
    {
        Array.Clear(_isRetiredTag);
        TrySet(version);
    }

    private bool TrySet(int version)
    {
        for (var tag = 1; tag < TagCount; tag++)
        {
            if (_versions[tag] == Retired && !_isRetiredTag[tag])
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
