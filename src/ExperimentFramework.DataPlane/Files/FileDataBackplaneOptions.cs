namespace ExperimentFramework.DataPlane;

/// <summary>The options of the file destination. Validated at start-up.</summary>
public sealed class FileDataBackplaneOptions
{
    /// <summary>
    /// The size in bytes at which a file is finished and the next one is started: from 4,096 to 17,179,869,184 (16 GiB). A file may be larger by one write. Default: 67,108,864
    /// (64 MiB).
    /// </summary>
    public long RollBytes { get; set; } = 64L * 1024 * 1024;

    /// <summary>The time after which a file is finished and the next one is started: from 1 second to 7 days. Default: 1 hour.</summary>
    public TimeSpan RollInterval { get; set; } = TimeSpan.FromHours(1);

    /// <summary>When an event counts as delivered: when the operating system has it, or the disk. Default: <see cref="FileDurability.Process"/>.</summary>
    public FileDurability Durability { get; set; }

    /// <summary>How an event is written. Readers find both formats in one folder. Default: <see cref="EventFormat.Json"/>.</summary>
    public EventFormat Format { get; set; }

    /// <summary>How finished files are compressed. Default: <see cref="FileCompression.Gzip"/>.</summary>
    public FileCompression Compression { get; set; } = FileCompression.Gzip;

    /// <summary>Where finished files are. Default: <see cref="FileLayout.Flat"/>.</summary>
    public FileLayout Layout { get; set; }

    /// <summary>
    /// How long finished files are kept, from when they were last written: from 1 minute to 3,650 days. Older ones are deleted. Without a value they are kept. Default: none.
    /// </summary>
    public TimeSpan? RetentionAge { get; set; }

    /// <summary>
    /// The maximum total size of the finished files in bytes: from 4,096 to 1,125,899,906,842,624 (1 PiB), and at least <see cref="RollBytes"/>. The oldest ones are deleted. Without a
    /// value they are kept. Default: none.
    /// </summary>
    public long? RetentionBytes { get; set; }
}
