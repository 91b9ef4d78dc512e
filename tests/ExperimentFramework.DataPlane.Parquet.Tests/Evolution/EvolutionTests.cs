using ExperimentFramework.DataPlane.Tests.Delivery;

namespace ExperimentFramework.DataPlane.Parquet.Tests;

/// <summary>That files of earlier versions stay readable: <c>Evolution/exposures-1.parquet</c> was written by the first one, and never changes.</summary>
public sealed class EvolutionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly DuckDb _duckDb = new();

    public EvolutionTests() => File.Copy(Path.Combine(AppContext.BaseDirectory, "Evolution", "exposures-1.parquet"), _folder.File("exposures-1.parquet"));

    public void Dispose()
    {
        _duckDb.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_file_of_the_first_version_is_read_as_it_was_written()
    {
        var read = await WrittenEvents.ReadAsync(_folder.File("exposures-1.parquet"));

        Assert.Equal(3, read.Count);
        Assert.All(read, envelope => Assert.Equal(["country", "items"], Assert.IsType<ExposureEvent>(envelope.Payload).Attributes!.Keys.Order(StringComparer.Ordinal)));
        Assert.All(read, envelope => Assert.IsType<long>(((ExposureEvent)envelope.Payload).Attributes!["items"]));
    }

    [Fact]
    public void One_query_reads_it_beside_a_file_with_a_column_more()
    {
        using var tables = new EventTables(new Dictionary<string, ParquetAttributeType> { ["country"] = ParquetAttributeType.Text });
        WrittenEvents.Write(_folder.Path, [SampleEvents.Envelope(SampleEvents.Exposure with { Attributes = new Dictionary<string, object?> { ["country"] = "DE" } })], tables);

        Assert.Equal(
            ["4|1|4|4"],
            _duckDb.Query($"select count(*), count(attribute_country), count(attributes['country']), count(variant) from read_parquet('{_folder.Path}/*.parquet', union_by_name = true)"));
    }
}
