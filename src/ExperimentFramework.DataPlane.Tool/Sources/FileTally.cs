namespace ExperimentFramework.DataPlane.Tool;

/// <summary>What reading a file has given.</summary>
internal sealed class FileTally
{
    private bool _isOpened;

    /// <summary>How many events were read.</summary>
    public long Events { get; set; }

    /// <summary>How many parts could not be read.</summary>
    public long Faults { get; private set; }

    /// <summary>The first of them.</summary>
    public SourceFault? First { get; private set; }

    /// <summary>Notes that the file was opened.</summary>
    /// <returns>False if it was before: it is read in parts.</returns>
    public bool TryOpen()
    {
        var isFirst = !_isOpened;
        _isOpened = true;
        return isFirst;
    }

    /// <summary>Takes what cannot be read.</summary>
    /// <returns>False if it is known: a file that is read in parts may have one reason for all of them.</returns>
    public bool Add(SourceFault fault)
    {
        if (fault == First)
        {
            return false;
        }

        First ??= fault;
        Faults++;
        return true;
    }
}
