namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>The options of the Parquet destination. Validated at start-up.</summary>
public sealed class ParquetDataBackplaneOptions
{
    /// <summary>
    /// The size in bytes at which the journal file is finished and converted: from 65,536 (64 KiB) to 1,073,741,824 (1 GiB). A file may be larger by one batch. Default: 50,331,648 (48
    /// MiB), about 130,000 exposures.
    /// </summary>
    public long RollBytes { get; set; } = 48L * 1024 * 1024;

    /// <summary>
    /// The time after which the journal file is finished and converted, so that queries see its events: from 1 second to 7 days. Each conversion creates at least one file for each
    /// table. Default: 15 minutes.
    /// </summary>
    public TimeSpan RollInterval { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>When an event counts as delivered: when the operating system has it, or the disk. Default: <see cref="FileDurability.Process"/>.</summary>
    public FileDurability Durability { get; set; }

    /// <summary>
    /// Where files are below the folder of their table. <see cref="FileLayout.Partitioned"/> creates one file for each experiment and day of a journal file, and suits few experiments with many
    /// events. Default: <see cref="FileLayout.Flat"/>.
    /// </summary>
    public FileLayout Layout { get; set; }

    /// <summary>The number of rows of a row group, which is what queries read or skip: from 32,768 to 131,072. Default: 65,536.</summary>
    public int RowGroupRows { get; set; } = 65_536;

    /// <summary>
    /// Attributes of exposures and metrics that get their own column, <c>attribute_</c> and the name, in addition to their entry in the map <c>attributes</c>:
    /// queries read it faster. By attribute name; names may not be empty. Default: none.
    /// </summary>
    public IDictionary<string, ParquetAttributeType> AttributeColumns { get; } = new Dictionary<string, ParquetAttributeType>(StringComparer.Ordinal);
}
