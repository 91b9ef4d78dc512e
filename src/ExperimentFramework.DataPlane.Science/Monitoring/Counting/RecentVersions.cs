namespace ExperimentFramework.DataPlane.Science;

/// <summary>
/// The versions of the weights under which the latest 256 to 512 subjects of a run were counted. Hosts change to new weights one after another, and returning hosts and subjects still use old ones, so the current weights are
/// those of most of the latest subjects, not those seen last.
/// </summary>
internal sealed class RecentVersions
{
    private const int BlockLength = 256;

    private readonly int[] _before = new int[SubjectTable.MaxVersions];
    private readonly int[] _block = new int[SubjectTable.MaxVersions];
    private int _length;

    /// <summary>Counts a subject.</summary>
    public void Count(int version)
    {
        if (_length == BlockLength)
        {
            _block.CopyTo(_before, 0);
            Array.Clear(_block);
            _length = 0;
        }

        _block[version]++;
        _length++;
    }

    /// <summary>Forgets a version. Its index is reused for another version.</summary>
    public void Retire(int version)
    {
        _before[version] = 0;
        _block[version] = 0;
    }

    /// <summary>Finds the version with most of the latest subjects; if two are equal, the one seen later.</summary>
    /// <param name="isKnown">Whether a version may be returned.</param>
    /// <returns>Its index; -1 if there is none.</returns>
    public int FindMost(Func<int, bool> isKnown)
    {
        var (best, most) = (-1, 1);
        for (var version = 0; version < _block.Length; version++)
        {
            if (_before[version] + _block[version] >= most && isKnown(version))
            {
                (best, most) = (version, _before[version] + _block[version]);
            }
        }

        return best;
    }

    /// <summary>Writes the counts.</summary>
    public void Write(BinaryWriter writer)
    {
        writer.Write((short)_length);
        for (var version = 0; version < _block.Length; version++)
        {
            writer.Write((short)_before[version]);
            writer.Write((short)_block[version]);
        }
    }

    /// <summary>Reads the data written by <see cref="Write"/>.</summary>
    /// <exception cref="FormatException">The data is invalid.</exception>
    public void Read(BinaryReader reader)
    {
        _length = OutcomeFormat.Range(reader.ReadInt16(), 0, BlockLength);
        for (var version = 0; version < _block.Length; version++)
        {
            _before[version] = OutcomeFormat.Range(reader.ReadInt16(), 0, BlockLength);
            _block[version] = OutcomeFormat.Range(reader.ReadInt16(), 0, BlockLength);
        }
    }
}
