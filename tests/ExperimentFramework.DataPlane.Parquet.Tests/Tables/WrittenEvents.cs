namespace ExperimentFramework.DataPlane.Parquet.Tests;

/// <summary>Writes events to files, a file for each table, and reads them back.</summary>
internal static class WrittenEvents
{
    public const int RowsPerGroup = 32_768;

    /// <summary>Writes <c>{table}.parquet</c> for each table that has a row.</summary>
    public static void Write(string folder, IEnumerable<DataPlaneEnvelope> events, EventTables? tables = null, int rowsPerGroup = RowsPerGroup)
    {
        using var own = tables is null ? new EventTables() : null;
        var order = new RowOrder();
        tables ??= own!;
        foreach (var envelope in events)
        {
            tables.Of(envelope.Payload).Add(envelope);
        }

        foreach (var table in tables.All.Where(table => table.Rows > 0))
        {
            using var file = File.Create(Path.Combine(folder, table.Name + ".parquet"));
            TableFile.Write(file, table, order.Sort(table, 0, table.Rows), rowsPerGroup);
        }
    }

    public static async Task<IReadOnlyList<DataPlaneEnvelope>> ReadAsync(string path) =>
        await ParquetEventFiles.ReadAsync(path, cancellationToken: TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);
}
