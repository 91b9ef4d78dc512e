namespace ExperimentFramework.DataPlane.Science;

/// <summary>The options of the monitor that <c>AddExperimentMonitor</c> registers. Validated at startup.</summary>
public sealed class HostedExperimentMonitorOptions : ExperimentMonitorOptions
{
    /// <summary>
    /// The path of the file that keeps the counts over restarts. Its folder must exist. Without it every start of the process counts all subjects anew, so an experiment that survives many restarts may raise a false alarm:
    /// set it in production. Each process needs a file of its own. Default: null, nothing is kept.
    /// </summary>
    public string? SnapshotFile { get; set; }

    /// <summary>How often the file is written, from 1 second to 1 day; also when the host stops. Subjects that were counted since are counted again after a crash. Default: 1 minute.</summary>
    public TimeSpan SnapshotInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// The path of the file that looks at results are recorded in, as lines of JSON, readable by its owner only. Its folder must exist. Each process needs a file of its own. Default: null, the latest 10,000 looks are kept in memory.
    /// </summary>
    public string? LedgerFile { get; set; }

    /// <summary>
    /// The size at which the ledger begins a new file, in bytes: from 4,096 to 1,073,741,824. The full file is renamed by a number, <c>.1</c> and so on, and kept. Default: 16,777,216 (16 MiB).
    /// </summary>
    public long MaxLedgerFileSize { get; set; } = 1 << 24;
}
