using System.Globalization;

namespace ExperimentFramework.DataPlane.Analysis;

/// <summary>The SQL of docs/how-to/analyse.md gives the answers that the events themselves give, in every store that derives a test from this.</summary>
public abstract class AnalysisContract
{
    /// <summary>The questions: the headings of the page.</summary>
    public static TheoryData<string> Questions { get; } =
    [
        "Subjects per variant", "Exposures that are left out", "Sample ratio", "Crossovers", "Conversion", "Revenue per subject", "Latency", "Guardrails", "Completeness",
    ];

    /// <summary>Stores events in an empty store, and makes them readable by the page's table names.</summary>
    protected abstract Task StoreAsync(IReadOnlyList<DataPlaneEnvelope> events);

    /// <summary>Runs statements one after the other on one connection, and returns the rows of the last one.</summary>
    protected abstract Task<IReadOnlyList<object[]>> QueryAsync(IReadOnlyList<string> statements);

    [Theory]
    [MemberData(nameof(Questions))]
    public async Task The_page_answers_as_the_events_do(string question)
    {
        await StoreAsync(AnalysedEvents.All);

        var rows = await QueryAsync([.. AnalysisPage.Tables.Select(AnalysisPage.Sql), AnalysisPage.Sql(question)]);

        var expected = new AnalysisAnswers().Of(question);
        Assert.NotEmpty(expected);
        Assert.Equal(expected.Count, rows.Count);
        foreach (var (should, row) in expected.Zip(rows))
        {
            Assert.Equal(should.Length, row.Length);
            foreach (var (value, actual) in should.Zip(row))
            {
                if (value is double number)
                {
                    Assert.Equal(number, Number(actual), Math.Max(1e-9, Math.Abs(number) * 1e-9));
                }
                else
                {
                    Assert.Equal(value, actual);
                }
            }
        }
    }

    [Fact]
    public async Task A_version_without_subjects_has_no_sample_ratio()
    {
        await StoreAsync(AnalysedEvents.All);
        var question = AnalysisPage.Sql("Sample ratio").Replace("'v2'", "'v9'", StringComparison.Ordinal);

        var rows = await QueryAsync([.. AnalysisPage.Tables.Select(AnalysisPage.Sql), question]);

        Assert.Equal(["v1", "v9"], rows.Select(row => row[0]));
        Assert.NotEqual(DBNull.Value, rows[0][1] ?? DBNull.Value);
        Assert.Equal(DBNull.Value, rows[1][1] ?? DBNull.Value);
    }

    private static double Number(object value) => value is System.Numerics.BigInteger large ? (double)large : Convert.ToDouble(value, CultureInfo.InvariantCulture);
}
