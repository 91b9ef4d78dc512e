using System.Text.RegularExpressions;
using ExperimentFramework.DataPlane.Tests.Delivery;

namespace ExperimentFramework.DataPlane.Parquet.Tests.Readers;

/// <summary>The queries of how-to/destinations/write-files.md, over files of JSON lines as the destination writes them.</summary>
public sealed partial class FilesPageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly DuckDb _duckDb = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Subjects_are_counted_in_files_that_are_written_and_in_finished_ones(bool isFinished)
    {
        await using var backplane = new FileDataBackplane(_folder.Path);
        await backplane.PublishAsync(Events(), Token);
        if (isFinished)
        {
            await backplane.DisposeAsync();
        }

        Assert.Equal(["a/b 1|control|1", "exp|b|1", "exp|control|2"], _duckDb.Query(Queries[0]));
    }

    [Fact]
    public async Task In_partitions_experiment_and_day_are_columns_and_names_are_as_they_were()
    {
        await WriteAsync();

        Assert.Equal(["a/b 1|2026-03-02|control|1", "exp|2026-03-01|b|1", "exp|2026-03-01|control|2"], _duckDb.Query(Queries[1]));

        // A file that cannot be read shows that it is not opened.
        System.IO.File.WriteAllText(Directory.EnumerateFiles(_folder.File("experiment=exp"), "*.gz", SearchOption.AllDirectories).Single(), "not compressed");
        Assert.Equal(["a/b 1|2026-03-02|control|1"], _duckDb.Query(Queries[1].Replace("2026-03-01", "2026-03-02", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Events_are_counted_once_in_partitions_and_in_files_that_are_not_split_yet()
    {
        await WriteAsync();
        await using var writing = new FileDataBackplane(_folder.Path, Partitioned());
        await writing.PublishAsync([.. Events().Append(SampleEvents.Envelope(Exposure("u9", null, "b")))], Token);

        // The five that are in partitions under the same ids, and one more.
        Assert.Equal(["a/b 1|1", "exp|5"], _duckDb.Query(Queries[2]));
    }

    public void Dispose()
    {
        _duckDb.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_query_that_the_sample_prints_counts_subjects_by_the_assigned_variant()
    {
        await using var backplane = new FileDataBackplane(_folder.Path);
        await backplane.PublishAsync([SampleEvents.Envelope(Exposure("u1", null, "control") with { AssignedVariantKey = "b" }), .. Events()], Token);

        var query = SampleQuery().Match(File("samples/ExperimentFramework.DataPlaneSample/Program.cs")).Groups[1].Value;

        Assert.Equal(["b|2", "control|3"], _duckDb.Query(Here(query)));
    }

    private string[] Queries => [.. Query().Matches(File("docs/how-to/destinations/write-files.md")).Select(match => Here(match.Groups[1].Value))];

    /// <summary>The query, of the files of the test.</summary>
    private string Here(string query) => query.Replace("'events/", $"'{_folder.Path}/", StringComparison.Ordinal);

    private static FileDataBackplaneOptions Partitioned() => new() { Layout = FileLayout.Partitioned };

    private async Task WriteAsync()
    {
        await using var backplane = new FileDataBackplane(_folder.Path, Partitioned());
        await backplane.PublishAsync(Events(), Token);
    }

    private static DataPlaneEnvelope[] Events() =>
    [
        .. new[]
        {
            // The subject of two tenants is two, and one that comes again is one.
            Exposure("u1", "t1", "control"), Exposure("u1", "t2", "control"), Exposure("u2", null, "b"), Exposure("u2", null, "b"),
            Exposure("u3", null, "control") with { ExperimentName = "a/b 1", Timestamp = Day.AddDays(1) },
        }.Select((payload, number) => SampleEvents.Envelope(payload) with { EventId = new Guid(number, 0, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 0) }),
        SampleEvents.Envelope(SampleEvents.Metric with { Timestamp = Day }) with { EventId = new Guid(9, 0, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 0) },
    ];

    private static DateTimeOffset Day { get; } = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static ExposureEvent Exposure(string subject, string? tenant, string variant) =>
        SampleEvents.Exposure with { Timestamp = Day, SubjectId = subject, TenantId = tenant, VariantKey = variant, AssignedVariantKey = null };

    private static string File(string name)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!System.IO.File.Exists(Path.Combine(folder.FullName, "DataPlane.sln")))
        {
            folder = folder.Parent!;
        }

        return System.IO.File.ReadAllText(Path.Combine(folder.FullName, name));
    }

    [GeneratedRegex(@"```sql\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Query();

    [GeneratedRegex("duckdb -c \"(.*?)\"")]
    private static partial Regex SampleQuery();
}
