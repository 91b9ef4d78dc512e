using DuckDB.NET.Data;
using ExperimentFramework.DataPlane.Analysis;

namespace ExperimentFramework.DataPlane.Parquet.Tests;

/// <summary>The questions of an analyst, asked of files by DuckDB; events that arrived twice are in two files.</summary>
public sealed class ParquetAnalysisTests : AnalysisContract, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dataplane-parquet-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    protected override Task StoreAsync(IReadOnlyList<DataPlaneEnvelope> events)
    {
        var part = 0;
        foreach (var chunk in events.Chunk((events.Count / 3) + 1))
        {
            var written = Directory.CreateDirectory(Path.Combine(_folder, "written")).FullName;
            WrittenEvents.Write(written, chunk);
            foreach (var file in Directory.EnumerateFiles(written))
            {
                var table = Directory.CreateDirectory(Path.Combine(_folder, Path.GetFileNameWithoutExtension(file))).FullName;
                File.Move(file, Path.Combine(table, $"part-{part}.parquet"));
            }

            part++;
        }

        return Task.CompletedTask;
    }

    [Fact]
    public async Task Completeness_is_asked_of_an_empty_view_where_there_are_no_files_of_a_kind()
    {
        await StoreAsync([.. AnalysedEvents.All.Where(envelope => envelope.EventType != DataPlaneEventType.Error)]);
        var open = AnalysisPage.OpenFiles(_folder).Split('\n').Where(line => !line.StartsWith("create view errors ", StringComparison.Ordinal));

        var rows = await QueryAsync(string.Join('\n', open), [AnalysisPage.EmptyView(), AnalysisPage.Sql("Completeness")]);

        Assert.Contains(rows, row => row[1] is "Error");
        Assert.All(rows, row => Assert.Equal(row[1] is "Error" || row[0] is AnalysedEvents.UnaccountedProducer, row[2].ToString() != row[3].ToString()));
    }

    protected override Task<IReadOnlyList<object[]>> QueryAsync(IReadOnlyList<string> statements) => QueryAsync(AnalysisPage.OpenFiles(_folder), statements);

    private static async Task<IReadOnlyList<object[]>> QueryAsync(string open, IReadOnlyList<string> statements)
    {
        await using var connection = new DuckDBConnection("DataSource=:memory:");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        var rows = new List<object[]>();
        foreach (var statement in statements.Prepend(open))
        {
            await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The text of the page.
            command.CommandText = statement;
#pragma warning restore CA2100
            await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
            rows.Clear();
            while (await reader.ReadAsync(TestContext.Current.CancellationToken))
            {
                var row = new object[reader.FieldCount];
                reader.GetValues(row);
                rows.Add(row);
            }
        }

        return rows;
    }
}
