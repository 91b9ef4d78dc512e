namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>The options of the SQLite destination. Validated at startup.</summary>
public sealed class SqliteDataBackplaneOptions
{
    /// <summary>
    /// How long events are kept, by their own time: from 1 hour to 36,500 days. Older ones are deleted in small steps, once a minute. Null keeps all
    /// events. Default: null.
    /// </summary>
    public TimeSpan? Retention { get; set; }

    /// <summary>
    /// Whether exposures have an index for counting subjects without reading the table itself: queries about subjects take half the time, the
    /// file grows by a third, and writing takes up to seven times as long. The index is created when the file is opened, and is kept if this is set to false later. Default: false.
    /// </summary>
    public bool IndexSubjects { get; set; }
}
