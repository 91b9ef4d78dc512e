using ExperimentFramework.DataPlane.Tests.Delivery;
using ParquetSharp;

namespace ExperimentFramework.DataPlane.Parquet.Tests;

/// <summary>Where files are, and what queries gain from it.</summary>
public sealed class LayoutTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly TemporaryFolder _folder = new();
    private readonly DuckDb _duckDb = new();

    public void Dispose()
    {
        _duckDb.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Partitions_are_by_experiment_and_day_in_UTC()
    {
        await WriteAsync(FileLayout.Partitioned, Exposure("a", Noon.AddHours(11.99)), Exposure("a", Noon.AddHours(12)), Exposure("b", Noon.ToOffset(TimeSpan.FromHours(13))), Exposure("before", DateTimeOffset.UnixEpoch.AddTicks(-1)));

        Assert.Equal(
            ["experiment=a/date=2026-03-01", "experiment=a/date=2026-03-02", "experiment=b/date=2026-03-01", "experiment=before/date=1969-12-31"],
            Partitions("exposures"));
    }

    [Fact]
    public async Task The_last_moment_before_1970_is_in_another_partition_than_the_first_of_1970()
    {
        await WriteAsync(FileLayout.Partitioned, Exposure("a", DateTimeOffset.UnixEpoch.AddTicks(-10)), Exposure("a", DateTimeOffset.UnixEpoch), Exposure("a", DateTimeOffset.UnixEpoch.AddDays(-1).AddTicks(-10)));

        Assert.Equal(["experiment=a/date=1969-12-30", "experiment=a/date=1969-12-31", "experiment=a/date=1970-01-01"], Partitions("exposures"));
    }

    [Fact]
    public async Task A_query_for_one_partition_opens_no_file_of_another()
    {
        await WriteAsync(FileLayout.Partitioned, [.. from experiment in Enumerable.Range(0, 5) from day in Enumerable.Range(0, 4) select Exposure($"e{experiment}", Noon.AddDays(day))]);

        var plan = _duckDb.Value($"explain analyze select count(*) from read_parquet('{_folder.Path}/exposures/**/*.parquet', hive_partitioning = true) where experiment = 'e3' and date = '2026-03-02'");

        Assert.Contains("Scanning Files: 1/20", plan, StringComparison.Ordinal);
        Assert.Equal("1", _duckDb.Value($"select count(*) from read_parquet('{_folder.Path}/exposures/**/*.parquet', hive_partitioning = true) where experiment = 'e3' and date = '2026-03-02'"));
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("../up")]
    [InlineData(".")]
    [InlineData("con")]
    [InlineData("Checkout")]
    [InlineData("1")]
    [InlineData("täglich 漢 🙂")]
    [InlineData("a=b&c%20d")]
    [InlineData("*")]
    [InlineData("")]
    public async Task Any_name_of_an_experiment_is_a_partition_that_DuckDB_reads_back(string name)
    {
        await WriteAsync(FileLayout.Partitioned, Exposure(name, Noon), Exposure("other", Noon));

        Assert.Equal("1", _duckDb.Value($"select count(*) from read_parquet('{_folder.Path}/exposures/**/*.parquet', hive_partitioning = true, hive_types_autocast = false) where experiment = '{name}'"));
        Assert.Equal(["", "other"], (await WrittenEvents.ReadAsync(_folder.Path)).Select(envelope => envelope.Payload.ExperimentName.Replace(name.Length == 0 ? "\0" : name, "", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Names_that_differ_only_in_case_have_folders_of_their_own_also_where_case_does_not_count()
    {
        string[] names = ["Checkout", "checkout", "CHECKOUT"];
        await WriteAsync(FileLayout.Partitioned, [.. names.Select(name => Exposure(name, Noon))]);

        Assert.Equal(names.Length, Partitions("exposures").Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.Equal(names.Order(StringComparer.Ordinal), _duckDb.Query($"select distinct experiment from read_parquet('{_folder.Path}/exposures/**/*.parquet', hive_partitioning = true) order by experiment"));
    }

    [Fact]
    public async Task Accounts_stay_together_whatever_experiments_they_name()
    {
        await WriteAsync(FileLayout.Partitioned, SampleEvents.Accounting);

        Assert.Equal(["date=2026-03-01"], Partitions("accounts"));
        Assert.Equal(SampleEvents.Accounting, Assert.Single(await WrittenEvents.ReadAsync(_folder.Path)).Payload);
    }

    [Theory]
    [InlineData(32_768, "32768,2232")]
    [InlineData(65_536, "35000")]
    public async Task A_row_group_has_the_number_of_rows_of_the_options(int rows, string expected)
    {
        var events = Enumerable.Range(0, 35_000).Select(number => SampleEvents.Envelope(Exposure("a", Noon.AddMilliseconds(number))));
        await ParquetEventFiles.WriteAsync(events.ToAsyncEnumerable(), _folder.Path, new ParquetDataBackplaneOptions { RowGroupRows = rows }, TestContext.Current.CancellationToken);

        Assert.Equal(
            expected.Split(','),
            _duckDb.Query($"select distinct row_group_num_rows from parquet_metadata('{_folder.Path}/exposures/*.parquet') order by row_group_num_rows desc"));
    }

    [Fact]
    public async Task A_file_says_by_which_columns_its_rows_are_sorted()
    {
        await WriteAsync(FileLayout.Flat, Exposure("a", Noon), SampleEvents.Accounting);

        Assert.Equal(["experiment", "ts"], SortingColumns("exposures"));
        Assert.Equal(["ts"], SortingColumns("accounts"));
    }

    [Fact]
    public async Task An_attribute_can_have_a_column_of_its_own_type()
    {
        var options = new ParquetDataBackplaneOptions
        {
            AttributeColumns =
            {
                ["country"] = ParquetAttributeType.Text, ["amount"] = ParquetAttributeType.Number, ["items"] = ParquetAttributeType.WholeNumber, ["isNew"] = ParquetAttributeType.Boolean,
                ["since"] = ParquetAttributeType.Time,
            },
        };
        await using (var backplane = new ParquetDataBackplane(_folder.Path, options))
        {
            var all = new Dictionary<string, object?> { ["country"] = "DE", ["amount"] = 12.5m, ["items"] = 3L, ["isNew"] = true, ["since"] = Noon };
            var others = new Dictionary<string, object?> { ["country"] = 7L, ["amount"] = 2L, ["items"] = 2.5, ["isNew"] = "yes", ["since"] = "yesterday" };
            var measured = new Dictionary<string, object?> { ["country"] = 1.5, ["amount"] = 0.1, ["items"] = "3", ["isNew"] = false };
            await backplane.PublishAsync(
                [.. new[] { all, others, [], measured }.Select((attributes, index) => SampleEvents.Envelope(SampleEvents.Exposure with { Timestamp = Noon.AddSeconds(index), Attributes = attributes }))],
                TestContext.Current.CancellationToken);
        }

        Assert.Equal(
            ["DE|12.5|3|true|2026-03-01 12:00:00.000000|12.5", "7|2|null|null|null|2", "null|null|null|null|null|null", "1.5|0.1|null|false|null|0.1"],
            _duckDb.Query($"select attribute_country, attribute_amount, attribute_items, \"attribute_isNew\", attribute_since, attributes['amount'] from '{_folder.Path}/exposures/*.parquet' order by ts"));
        Assert.Equal("DOUBLE", _duckDb.Value($"select typeof(attribute_amount) from '{_folder.Path}/exposures/*.parquet' limit 1"));
    }

    private IReadOnlyList<string> SortingColumns(string table)
    {
        using var file = new ParquetFileReader(Assert.Single(Directory.EnumerateFiles(_folder.File(table))));
        using var group = file.RowGroup(0);
        return [.. group.MetaData.SortingColumns().Select(column => file.FileMetaData.Schema.Column(column.ColumnIndex).Name)];
    }

    private static ExposureEvent Exposure(string experiment, DateTimeOffset time) => SampleEvents.Exposure with { ExperimentName = experiment, Timestamp = time };

    private async Task WriteAsync(FileLayout layout, params DataPlaneEvent[] events)
    {
        await using var backplane = new ParquetDataBackplane(_folder.Path, new ParquetDataBackplaneOptions { Layout = layout });
        var result = await backplane.PublishAsync([.. events.Select(SampleEvents.Envelope)], TestContext.Current.CancellationToken);
        Assert.Null(result.Error);
    }

    private IReadOnlyList<string> Partitions(string table) =>
    [
        .. Directory.EnumerateFiles(_folder.File(table), "*.parquet", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(_folder.File(table), Path.GetDirectoryName(file)!)).Order(StringComparer.Ordinal),
    ];
}
