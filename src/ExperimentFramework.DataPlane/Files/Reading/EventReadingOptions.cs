namespace ExperimentFramework.DataPlane;

/// <summary>How event files are read.</summary>
public sealed class EventReadingOptions
{
    /// <summary>
    /// Receives each line that is not an event, after which reading continues with the next one. Without a value such a line ends reading with an <see cref="InvalidDataException"/>. Default: none.
    /// </summary>
    public Action<UnreadableLine>? OnUnreadableLine { get; set; }

    /// <summary>The longest line in bytes: from 1,024 to 1,073,741,824 (1 GiB). A longer one is not an event; memory is bounded by it. Default: 16,777,216 (16 MiB).</summary>
    public int MaxLineBytes { get; set; } = EventLines.MaxLineBytes;

    /// <summary>
    /// Whether the events of several files are merged by their timestamps, each file in the order of its lines. Otherwise one file is read after the other, in the order of
    /// their names. Default: false.
    /// </summary>
    public bool MergeByTime { get; set; }
}
