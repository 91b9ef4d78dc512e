namespace ExperimentFramework.DataPlane.Science;

/// <summary>
/// The versions of the weights that the latest 256 to 512 subjects of a run were counted under. Hosts change to new weights one after the other, and returning hosts and subjects bring old ones, so the weights that are in force are
/// those that most of the latest subjects were split by, and not those that were seen last.
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

    /// <summary>Forgets a version, whose index is used for another one from now on.</summary>
    public void Retire(int version)
    {
        _before[version] = 0;
        _block[version] = 0;
    }

    /// <summary>Finds the version with the most of the latest subjects, the one seen later of two.</summary>
    /// <param name="isKnown">Whether a version can be taken.</param>
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

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="FormatException">It cannot be that of a run.</exception>
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
