namespace ExperimentFramework.DataPlane.Tool;

/// <summary>How far a file has been read that is followed.</summary>
internal sealed class FollowedFile
{
    /// <summary>The size that it had when it was looked at last; null before the first look.</summary>
    public long? Bytes { get; set; }

    /// <summary>The lines that were read and have an end.</summary>
    public long Lines { get; private set; }

    /// <summary>Where they end.</summary>
    public long Offset { get; private set; }

    /// <summary>Whether it was read as a whole because it holds no plain lines: such files do not grow.</summary>
    public bool IsWhole { get; set; }

    /// <summary>Continues where the reading of another file ended that has the same content.</summary>
    public void ContinueFrom(FollowedFile other) => (Lines, Offset) = (other.Lines, other.Offset);

    /// <summary>Moves on by what was read.</summary>
    /// <param name="lines">How many lines were read of the file by now.</param>
    /// <param name="bytes">How many bytes the new ones have.</param>
    public void MoveOn(long lines, long bytes) => (Lines, Offset) = (lines, Offset + bytes);

    /// <summary>Begins anew, because the file was cut.</summary>
    public void StartOver() => (Lines, Offset) = (0, 0);
}
