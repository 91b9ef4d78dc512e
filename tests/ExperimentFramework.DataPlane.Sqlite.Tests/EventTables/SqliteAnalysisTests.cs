using ExperimentFramework.DataPlane.Analysis;
using Microsoft.Data.Sqlite;

namespace ExperimentFramework.DataPlane.Sqlite.Tests.EventTables;

/// <summary>The page's questions, and the views of the file, which answer some of them.</summary>
public sealed class SqliteAnalysisTests : AnalysisContract, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string File => _folder.File("events.db");

    [Theory]
    [InlineData("Subjects per variant", "SELECT experiment, allocation_version, arm, subjects FROM subjects_per_variant ORDER BY 1, 2, 3")]
    [InlineData("Completeness", "SELECT * FROM completeness ORDER BY 1, 2")]
    public async Task A_view_answers_as_the_page_does(string question, string view)
    {
        await StoreAsync(AnalysedEvents.All);

        var rows = await QueryAsync([view]);

        Assert.Equal(
            new AnalysisAnswers().Of(question).Select(row => string.Join('|', row)),
            rows.Select(row => string.Join('|', row)));
    }

    [Fact]
    public async Task The_views_of_crossovers_and_metrics_add_up_to_the_page()
    {
        await StoreAsync(AnalysedEvents.All);
        string[] tables = [.. AnalysisPage.Tables.Select(AnalysisPage.Sql)];

        var crossed = await QueryAsync(["SELECT experiment, allocation_version, count(*) FROM crossovers GROUP BY 1, 2 ORDER BY 1, 2"]);
        var metrics = await QueryAsync(["SELECT experiment, metric_name, sum(converted), round(sum(total), 6) FROM metrics_per_variant GROUP BY 1, 2 ORDER BY 1, 2"]);
        var expected = await QueryAsync([.. tables, "SELECT experiment, metric_name, count(*), round(sum(total), 6) FROM temp.subject_metrics GROUP BY 1, 2 ORDER BY 1, 2"]);

        Assert.Equal(
            new AnalysisAnswers().Of("Crossovers").Where(row => (double)row[3] > 0).Select(row => $"{row[0]}|{row[1]}|{row[3]}"),
            crossed.Select(row => string.Join('|', row)));
        Assert.Equal(expected.Select(row => string.Join('|', row)), metrics.Select(row => string.Join('|', row)));
        Assert.Equal(4, metrics.Count);
    }

    public void Dispose() => _folder.Dispose();

    protected override async Task StoreAsync(IReadOnlyList<DataPlaneEnvelope> events)
    {
        using var backplane = new SqliteDataBackplane(File);
        await backplane.DeliverAsync([.. events]);
    }

    protected override async Task<IReadOnlyList<object[]>> QueryAsync(IReadOnlyList<string> statements)
    {
        await using var connection = new SqliteConnection($"Data Source={File};Mode=ReadOnly;Pooling=False");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        var rows = new List<object[]>();
        foreach (var statement in statements)
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
