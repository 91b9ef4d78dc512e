using ParquetSharp;

namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>
/// Writes the rows of one journal file as Parquet files, one after the other: under temporary names that no reader matches, renamed when they are complete and
/// on the disk. The names depend on the journal file alone, so files that are written again replace those of an earlier attempt.
/// </summary>
/// <param name="folder">The folder of all tables.</param>
/// <param name="name">The name of the journal file, without its ending.</param>
/// <param name="layout">Where the files are below the folder of their table.</param>
/// <param name="rowsPerGroup">The number of rows of a row group.</param>
internal sealed class PartWriter(string folder, string name, FileLayout layout, int rowsPerGroup)
{
    /// <summary>The number of rows that are sorted together, and end up in one file unless they are partitioned: two groups of the default size.</summary>
    public const int MaxRows = 131_072;

    /// <summary>The number of bytes of events after which a part is written, however few its rows are.</summary>
    public const long MaxBytes = 128 * 1024 * 1024;

    private readonly RowOrder _order = new();
    private readonly Dictionary<string, int> _parts = new(StringComparer.Ordinal);
    private readonly HashSet<string> _written = new(StringComparer.Ordinal);

    /// <summary>Writes rows as the next part of their table.</summary>
    public void Write(EventTable table, int first, int count, CancellationToken cancellationToken)
    {
        if (count == 0)
        {
            return;
        }

        var part = _parts.GetValueOrDefault(table.Name);
        _parts[table.Name] = part + 1;
        var fileName = FormattableString.Invariant($"{name}-{part:d4}.parquet");
        var rows = _order.Sort(table, first, count);
        while (!rows.IsEmpty)
        {
            // A part may have as many files as rows, and each waits for the disk.
            cancellationToken.ThrowIfCancellationRequested();
            var length = layout == FileLayout.Partitioned ? LengthOfPartition(table, rows) : rows.Length;
            Write(table, rows[..length], Path.Combine(PathOf(table, rows[0]), fileName));
            rows = rows[length..];
        }
    }

    /// <summary>Writes all rows, in as many parts as they need, and removes them from the tables.</summary>
    public void WriteAll(EventTables tables, CancellationToken cancellationToken)
    {
        foreach (var table in tables.All)
        {
            for (var first = 0; first < table.Rows;)
            {
                var end = table.EndOfEvent(Math.Min(first + MaxRows, table.Rows));
                Write(table, first, end - first, cancellationToken);
                first = end;
            }

            // Written rows are no longer needed, and their memory can be used for rows that are added in the meantime.
            table.Clear();
        }
    }

    /// <summary>Deletes files that an earlier attempt left behind under other names, for example with another layout.</summary>
    public void DeleteLeftovers(IEnumerable<EventTable> tables)
    {
        foreach (var table in tables.Select(table => Path.Combine(folder, table.Name)).Where(Directory.Exists))
        {
            foreach (var file in Directory.EnumerateFiles(table, name + "-*", SearchOption.AllDirectories).Where(file => !_written.Contains(file)))
            {
                File.Delete(file);
            }
        }
    }

    private void Write(EventTable table, ReadOnlySpan<int> rows, string target)
    {
        OwnerOnly.CreateFolder(Path.GetDirectoryName(target)!);
        var temporary = target + JournalName.Temporary;
        try
        {
            using var file = OwnerOnly.Open(temporary, FileMode.Create);
            TableFile.Write(file, table, rows, rowsPerGroup);

            // Flushed before the journal file, which may already be on the disk, is deleted.
            file.Flush(flushToDisk: true);
        }
        catch (Exception exception)
        {
            // An incomplete file takes space on a disk that may be full.
            File.Delete(temporary);
            if (exception is ParquetException)
            {
                throw new IOException($"'{target}' could not be written: {exception.Message}", exception);
            }

            throw;
        }

        File.Move(temporary, target, overwrite: true);
        _written.Add(target);
    }

    private string PathOf(EventTable table, int row)
    {
        var path = Path.Combine(folder, table.Name);
        if (layout != FileLayout.Partitioned)
        {
            return path;
        }

        var date = DateOnly.FromDateTime(Microseconds.ToTime(table.Time[row]!.Value, 0).UtcDateTime);
        return Path.Combine(path, table.IsByExperiment ? PartitionName.Of(table.Experiment[row]!, date) : PartitionName.OfDay(date));
    }

    private static int LengthOfPartition(EventTable table, ReadOnlySpan<int> rows)
    {
        var names = table.Experiment.Values;
        var day = DayOf(table.Time.ValueOf(rows[0]));
        var length = 1;
        while (length < rows.Length && DayOf(table.Time.ValueOf(rows[length])) == day && (!table.IsByExperiment || names[rows[length]].SequenceEqual(names[rows[0]])))
        {
            length++;
        }

        return length;
    }

    private static long DayOf(long microseconds) => Math.DivRem(microseconds, TimeSpan.MicrosecondsPerDay) is var (days, rest) && rest < 0 ? days - 1 : days;
}
