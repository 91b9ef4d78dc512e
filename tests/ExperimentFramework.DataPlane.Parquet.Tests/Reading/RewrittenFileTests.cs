using System.Runtime.InteropServices;
using ParquetSharp;
using ParquetSharp.Schema;

namespace ExperimentFramework.DataPlane.Parquet.Tests.Reading;

/// <summary>Files that say they are of this package, and hold values of another size or unit: reading them as they are would read other memory, or other times.</summary>
public sealed class RewrittenFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData(8, TimeUnit.Micros, "values of 8 bytes in the column event_id, instead of 16")]
    [InlineData(17, TimeUnit.Micros, "values of 17 bytes in the column event_id, instead of 16")]
    [InlineData(16, TimeUnit.Millis, "times in milliseconds in the column ts, instead of microseconds")]
    [InlineData(16, TimeUnit.Nanos, "times in nanoseconds in the column ts, instead of microseconds")]
    public async Task A_value_of_another_size_or_unit_is_refused_with_the_name_of_its_column(int idBytes, TimeUnit unit, string found)
    {
        var path = Write(idBytes, unit);

        var exception = await Assert.ThrowsAsync<InvalidDataException>(async () => await ParquetEventFiles.ReadAsync(path, cancellationToken: TestContext.Current.CancellationToken).CountAsync(TestContext.Current.CancellationToken));

        Assert.Equal(
            $"{path} has {found}. It was not written by ParquetDataBackplane, or was rewritten: read it with another tool.", exception.Message);
    }

    [Fact]
    public async Task Values_of_the_size_and_unit_that_are_written_are_accepted()
    {
        var path = Write(16, TimeUnit.Micros);

        var exception = await Assert.ThrowsAsync<InvalidDataException>(async () => await ParquetEventFiles.ReadAsync(path, cancellationToken: TestContext.Current.CancellationToken).CountAsync(TestContext.Current.CancellationToken));

        Assert.Contains("has no column experiment", exception.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private string Write(int idBytes, TimeUnit unit)
    {
        var path = Path.Combine(_folder.Path, "rewritten.parquet");
        using var none = LogicalType.None();
        using var time = LogicalType.Timestamp(isAdjustedToUtc: true, unit);
        using var id = new PrimitiveNode("event_id", Repetition.Required, none, PhysicalType.FixedLenByteArray, idBytes);
        using var ts = new PrimitiveNode("ts", Repetition.Required, time, PhysicalType.Int64);
        using var schema = new GroupNode("schema", Repetition.Required, [id, ts]);
        using var properties = new WriterPropertiesBuilder().Build();
        using var file = new ParquetFileWriter(path, schema, properties, new Dictionary<string, string> { ["dataplane/tables"] = "1", ["dataplane/table"] = "errors" });
        var value = Marshal.AllocHGlobal(32);
        try
        {
            using var group = file.AppendRowGroup();
            using (var ids = (ColumnWriter<FixedLenByteArray>)group.NextColumn())
            {
                ids.WriteBatch([new FixedLenByteArray(value)]);
            }

            using var times = (ColumnWriter<long>)group.NextColumn();
            times.WriteBatch([1_772_366_400_000_000L]);
        }
        finally
        {
            Marshal.FreeHGlobal(value);
        }

        file.Close();
        return path;
    }
}
