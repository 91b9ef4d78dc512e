using ParquetSharp;
using ParquetSharp.IO;
using ParquetSharp.Schema;

namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>Writes rows of a table as a Parquet file.</summary>
internal static class TableFile
{
    /// <summary>The key of the version of the tables in the metadata of a file.</summary>
    public const string VersionKey = "dataplane/tables";

    /// <summary>The version of the tables: it changes if columns are renamed or change their meaning, but not if columns are added.</summary>
    public const string Version = "1";

    /// <summary>The key of the table's name in the metadata of a file.</summary>
    public const string TableKey = "dataplane/table";

    private const string ColumnKey = "dataplane/column/";
    private const string CreatedBy = "ExperimentFramework.DataPlane.Parquet";

    /// <summary>Writes the file.</summary>
    /// <param name="target">The stream to write to. It is left open.</param>
    /// <param name="table">The table.</param>
    /// <param name="rows">The rows, in their order.</param>
    /// <param name="rowsPerGroup">The number of rows of a row group. An event that has several rows is in one group.</param>
    public static void Write(Stream target, EventTable table, ReadOnlySpan<int> rows, int rowsPerGroup)
    {
        using var properties = Properties(table);
        using var schema = Schema(table);
        using var stream = new ManagedOutputStream(target, leaveOpen: true);
        using var file = new ParquetFileWriter(stream, schema, properties, Metadata(table));
        while (!rows.IsEmpty)
        {
            var length = Math.Min(rowsPerGroup, rows.Length);
            while (length < rows.Length && !table.StartsEvent(rows[length]))
            {
                length++;
            }

            using var group = file.AppendRowGroup();
            foreach (var column in table.Columns)
            {
                column.Write(group, rows[..length]);
            }

            rows = rows[length..];
        }

        file.Close();
    }

    private static GroupNode Schema(EventTable table)
    {
        var nodes = table.Columns.Select(column => column.CreateNode()).ToArray();
        try
        {
            return new GroupNode("schema", Repetition.Required, nodes);
        }
        finally
        {
            foreach (var node in nodes)
            {
                node.Dispose();
            }
        }
    }

    private static WriterProperties Properties(EventTable table)
    {
        using var builder = new WriterPropertiesBuilder();

        // The library's own allocator keeps about 40 MB that it has used once; the system's allocator returns it.
        builder.MemoryPool(MemoryPool.SystemMemoryPool());
        builder.CreatedBy(CreatedBy).Compression(Compression.Zstd).EnableStatistics().EnableWritePageIndex().EnablePageChecksum();
        foreach (var column in table.Columns)
        {
            if (column.UniquePath is { } path)
            {
                builder.DisableDictionary(path);
            }

            if (column.IsAscending)
            {
                builder.Encoding(column.Name, Encoding.DeltaBinaryPacked);
            }
        }

        var experiment = Array.IndexOf([.. table.Columns], table.Experiment);
        var time = Array.IndexOf([.. table.Columns], table.Time);
        builder.SortingColumns(table.IsByExperiment ? [new(experiment), new(time)] : [new(time)]);
        return builder.Build();
    }

    private static Dictionary<string, string> Metadata(EventTable table)
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal) { [VersionKey] = Version, [TableKey] = table.Name };
        foreach (var column in table.Columns)
        {
            metadata[ColumnKey + column.Name] = column.Meaning;
        }

        return metadata;
    }
}
