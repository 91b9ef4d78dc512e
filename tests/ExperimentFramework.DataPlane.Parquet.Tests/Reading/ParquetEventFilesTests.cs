using ExperimentFramework.DataPlane.Tests.Delivery;

namespace ExperimentFramework.DataPlane.Parquet.Tests;

/// <summary>Reading files that are damaged, foreign, older or newer.</summary>
public sealed class ParquetEventFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly DuckDb _duckDb = new();
    private readonly DataPlaneEnvelope _exposure = SampleEvents.Envelope(SampleEvents.Exposure);

    public void Dispose()
    {
        _duckDb.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_damaged_file_ends_reading_with_its_name_unless_it_is_passed_over()
    {
        WrittenEvents.Write(_folder.Path, [_exposure]);
        await File.WriteAllTextAsync(_folder.File("a.parquet"), "PAR1 half a file", Token);
        var unreadable = new List<string>();

        var exception = await Assert.ThrowsAsync<InvalidDataException>(() => WrittenEvents.ReadAsync(_folder.Path));
        var read = await ParquetEventFiles.ReadAsync(_folder.Path, (file, reason) => unreadable.Add($"{Path.GetFileName(file)}: {reason.GetType().Name}"), Token).ToListAsync(Token);

        Assert.Contains(_folder.File("a.parquet"), exception.Message, StringComparison.Ordinal);
        Assert.Equal(["a.parquet: InvalidDataException"], unreadable);
        Assert.Equal(_exposure.EventId, Assert.Single(read).EventId);
    }

    [Theory]
    [InlineData("""'{"timestamp":"yesterday"}' as exact_values""")]
    [InlineData("""'{' as exact_values""")]
    [InlineData("""'{"timestamp":"9223372036854775807"}' as exact_values""")]
    [InlineData("""'{"timestamp":"99999999999999999999"}' as exact_values""")]
    [InlineData("""map {'a': 'x'} as attributes, '{"a":"long"}' as attribute_types""")]
    public async Task A_value_that_is_damaged_ends_reading_with_its_row_unless_the_file_is_passed_over(string damage)
    {
        WrittenEvents.Write(_folder.Path, [_exposure, _exposure]);
        Copy($"select * replace ({damage})");
        File.Move(_folder.File("older.parquet"), _folder.File("a.parquet"));
        var unreadable = new List<string>();

        var exception = await Assert.ThrowsAsync<InvalidDataException>(() => WrittenEvents.ReadAsync(_folder.Path));
        var read = await ParquetEventFiles.ReadAsync(_folder.Path, (file, reason) => unreadable.Add($"{Path.GetFileName(file)}: {reason.Message}"), Token).ToListAsync(Token);

        Assert.Equal($"Row 1 of row group 1 of {_folder.File("a.parquet")} is not an event that this version can read. Restore the file from a backup.", exception.Message);
        Assert.Equal([$"a.parquet: {exception.Message}"], unreadable);
        Assert.Equal(2, read.Count);
    }

    [Fact]
    public async Task A_file_of_another_program_is_refused()
    {
        _duckDb.Query($"copy (select 1 as event_id) to '{_folder.File("other.parquet")}' (format parquet)");

        var exception = await Assert.ThrowsAsync<InvalidDataException>(() => WrittenEvents.ReadAsync(_folder.File("other.parquet")));

        Assert.Contains("was not written by this package", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_from_before_a_column_existed_has_nulls_in_it()
    {
        WrittenEvents.Write(_folder.Path, [_exposure]);
        CopyWithout("variant_build, attributes, attribute_types, metadata");

        var read = Assert.Single(await WrittenEvents.ReadAsync(_folder.File("older.parquet")));

        Assert.Equal(SampleEvents.Exposure with { VariantBuild = null, Attributes = null }, read.Payload);
        Assert.Null(read.Metadata);
    }

    [Fact]
    public async Task A_file_without_a_column_that_every_event_has_is_refused()
    {
        WrittenEvents.Write(_folder.Path, [_exposure]);
        CopyWithout("variant");

        var exception = await Assert.ThrowsAsync<InvalidDataException>(() => WrittenEvents.ReadAsync(_folder.File("older.parquet")));

        Assert.StartsWith($"{_folder.File("older.parquet")} has no column variant", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Columns_that_this_version_does_not_know_are_passed_over()
    {
        using var tables = new EventTables(new Dictionary<string, ParquetAttributeType> { ["count"] = ParquetAttributeType.WholeNumber });
        WrittenEvents.Write(_folder.Path, [_exposure], tables);

        Assert.Equal(_exposure.Payload, Assert.Single(await WrittenEvents.ReadAsync(_folder.Path)).Payload);
    }

    [Fact]
    public async Task A_column_of_another_type_is_refused()
    {
        WrittenEvents.Write(_folder.Path, [_exposure]);
        Copy("select * replace (1::bigint as variant)");

        var exception = await Assert.ThrowsAsync<InvalidDataException>(() => WrittenEvents.ReadAsync(_folder.File("older.parquet")));

        Assert.Contains("in the column variant", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_path_that_does_not_exist_is_named()
    {
        var exception = await Assert.ThrowsAsync<FileNotFoundException>(() => WrittenEvents.ReadAsync(_folder.File("missing")));

        Assert.Contains(_folder.File("missing"), exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_that_were_written_elsewhere_become_Parquet_files()
    {
        var events = SampleEvents.All.Select(SampleEvents.Envelope).ToList();

        var count = await ParquetEventFiles.WriteAsync(events.ToAsyncEnumerable(), _folder.Path, cancellationToken: Token);

        Assert.Equal(events.Count, count);
        Assert.Equal(events.Select(envelope => envelope.EventId).Order(), (await WrittenEvents.ReadAsync(_folder.Path)).Select(envelope => envelope.EventId).Order());
    }

    [Fact]
    public async Task A_path_of_a_file_is_refused_before_an_event_is_read()
    {
        await File.WriteAllTextAsync(_folder.File("file"), "", Token);

        var exception = await Assert.ThrowsAsync<ArgumentException>(() => ParquetEventFiles.WriteAsync(Unread(), _folder.File("file"), cancellationToken: Token));

        Assert.Equal("folder", exception.ParamName);
        Assert.StartsWith($"'{_folder.File("file")}' is a file", exception.Message, StringComparison.Ordinal);

        static async IAsyncEnumerable<DataPlaneEnvelope> Unread()
        {
            await Task.CompletedTask;
            Assert.Fail("An event was read.");
            yield break;
        }
    }

    [Fact]
    public async Task Events_with_long_values_are_written_before_they_take_much_memory()
    {
        var most = 0;
        await ParquetEventFiles.WriteAsync(LongEvents().ToAsyncEnumerable(), _folder.Path, options: null, maxBytes: 4_000_000, Token);

        // 40 events with 300 kB each: in one part they would be 12 MB.
        Assert.InRange(most, 2, 3);
        Assert.Equal(40, (await WrittenEvents.ReadAsync(_folder.Path)).Count);

        IEnumerable<DataPlaneEnvelope> LongEvents()
        {
            for (var i = 0; i < 40; i++)
            {
                most = Math.Max(most, Directory.EnumerateFiles(_folder.Path, "*.parquet", SearchOption.AllDirectories).Count());
                yield return SampleEvents.Envelope(SampleEvents.Exposure with { Attributes = new Dictionary<string, object?> { ["text"] = new string((char)('a' + (i % 26)), 300_000) } });
            }
        }
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private void CopyWithout(string columns) => Copy($"select * exclude ({columns})");

    private void Copy(string select) => _duckDb.Query(
        $"copy ({select} from '{_folder.File("exposures.parquet")}') to '{_folder.File("older.parquet")}' (format parquet, kv_metadata {{'dataplane/tables': '1', 'dataplane/table': 'exposures'}})");
}
