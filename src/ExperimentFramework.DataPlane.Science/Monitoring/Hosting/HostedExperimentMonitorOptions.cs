namespace ExperimentFramework.DataPlane.Science;

/// <summary>The options of the monitor that <c>AddExperimentMonitor</c> registers. Validated at startup.</summary>
public sealed class HostedExperimentMonitorOptions : ExperimentMonitorOptions
{
    /// <summary>
    /// The path of the file that keeps the counts across restarts. Its folder must exist. Without it, each start of the process counts all subjects again from zero, so an experiment with many restarts may raise a false alarm:
    /// set it in production. Each process needs its own file. Default: null, nothing is kept.
    /// </summary>
    public string? SnapshotFile { get; set; }

    /// <summary>How often the file is written, from 1 second to 1 day. It is also written when the host stops. Subjects counted since the last write are counted again after a crash. Default: 1 minute.</summary>
    public TimeSpan SnapshotInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// The path of the file in which looks at results are recorded, as lines of JSON, readable by its owner only. Its folder must exist. Each process needs its own file. Default: null, the latest 10,000 looks are kept in memory.
    /// </summary>
    public string? LedgerFile { get; set; }

    /// <summary>
    /// The size at which the ledger starts a new file, in bytes: from 4,096 to 1,073,741,824. The full file is kept under its name with a number appended, such as <c>.1</c>. Default: 16,777,216 (16 MiB).
    /// </summary>
    public long MaxLedgerFileSize { get; set; } = 1 << 24;
}
