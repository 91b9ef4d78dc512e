namespace ExperimentFramework.DataPlane.Tool;

/// <summary>How far a file has been read that is followed.</summary>
internal sealed class FollowedFile
{
    /// <summary>By these bytes before the place where reading ended it is recognized: they have the id of an event.</summary>
    private const int EndBytes = 1_024;

    /// <summary>A file that holds no plain lines is read when it has stayed as it is for so many looks: it may still be copied.</summary>
    private const int LooksUntilWhole = 4;

    private byte[] _end = [];
    private SourceFile? _seen;
    private int _looks;

    /// <summary>Whether there may be something to read.</summary>
    public bool IsUnread { get; private set; }

    /// <summary>The lines that were read and have an end.</summary>
    public long Lines { get; private set; }

    /// <summary>Where they end.</summary>
    public long Offset { get; private set; }

    /// <summary>Whether it has stayed as it is long enough to be whole.</summary>
    public bool IsSettled => _looks >= LooksUntilWhole;

    /// <summary>Passes over it, until it changes.</summary>
    public void Skip(SourceFile file) => _seen = file;

    /// <summary>Looks at it. A file that stays empty has nothing to read, and a pipe, which has no size, is read once.</summary>
    public void Look(SourceFile file)
    {
        var isSame = _seen?.Bytes == file.Bytes && (file.Bytes == 0 || _seen.WrittenAt == file.WrittenAt);
        _looks = isSame ? _looks + 1 : 0;
        _seen = file;
        IsUnread |= !isSame;
    }

    /// <summary>What there was is read.</summary>
    public void Read() => IsUnread = false;

    /// <summary>Continues where the reading of another file ended that has the same content.</summary>
    public void ContinueFrom(FollowedFile other) => (Lines, Offset, _end) = (other.Lines, other.Offset, other._end);

    /// <summary>Goes to where reading ended.</summary>
    /// <returns>False if it is another file than the one that was read, or was cut.</returns>
    public async Task<bool> TryContinueAsync(Stream content, CancellationToken cancellationToken)
    {
        var end = new byte[_end.Length];
        content.Position = Offset - end.Length;
        return await content.ReadAtLeastAsync(end, end.Length, throwOnEndOfStream: false, cancellationToken) == end.Length && end.AsSpan().SequenceEqual(_end);
    }

    /// <summary>Moves on by what was read.</summary>
    /// <param name="content">What was read from.</param>
    /// <param name="lines">How many lines were read of the file by now.</param>
    /// <param name="bytes">How many bytes the new ones have.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task MoveOnAsync(Stream content, long lines, long bytes, CancellationToken cancellationToken)
    {
        (Lines, Offset) = (lines, Offset + bytes);
        _end = new byte[Math.Min(Offset, EndBytes)];
        content.Position = Offset - _end.Length;
        await content.ReadAtLeastAsync(_end, _end.Length, throwOnEndOfStream: false, cancellationToken);
    }

    /// <summary>Starts over, because it is another file or was cut.</summary>
    public void StartOver() => (Lines, Offset, _end) = (0, 0, []);
}
