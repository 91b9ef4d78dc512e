using ParquetSharp;

namespace ExperimentFramework.DataPlane.Parquet.Tests;

/// <summary>A leaf with other numbers of values than it says is damaged: what is in memory behind its values is none of them.</summary>
public sealed class LeafReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Levels_that_announce_more_values_than_there_are_make_a_file_damaged()
    {
        var path = Write([1, 2, 3, 4, null, null, null, null]);
        var bytes = File.ReadAllBytes(path);

        // The levels of eight rows, as a run of bits: the first four rows have a value. Now all of them.
        byte[] levels = [2, 0, 0, 0, 3, 0b_0000_1111];
        var position = bytes.AsSpan().IndexOf(levels);
        Assert.True(position > 0);
        bytes[position + levels.Length - 1] = 0b_1111_1111;
        File.WriteAllBytes(path, bytes);

        var damage = Assert.Throws<InvalidOperationException>(() => Read(path));
        Assert.Equal("The column value has 4 values where its levels announce 8.", damage.Message);
    }

    [Fact]
    public void Rows_without_a_value_are_read_as_such()
    {
        int?[] values = [1, null, null, 2, 3, null, 4, 5];

        Assert.Equal(values, Read(Write(values)));
    }

    public void Dispose() => _folder.Dispose();

    private string Write(int?[] values)
    {
        var path = Path.Combine(_folder.Path, "values.parquet");
        using var properties = new WriterPropertiesBuilder().DisableDictionary().Compression(Compression.Uncompressed).Encoding(Encoding.DeltaBinaryPacked).Build();
        using var file = new ParquetFileWriter(path, [new Column<int?>("value")], properties);
        using (var group = file.AppendRowGroup())
        using (var column = group.NextColumn().LogicalWriter<int?>())
        {
            column.WriteBatch(values);
        }

        file.Close();
        return path;
    }

    private static List<int?> Read(string path)
    {
        using var file = new ParquetFileReader(path);
        using var group = file.RowGroup(0);
        var column = (ColumnReader<int>)group.Column(0);
        using var reader = new LeafReader<int>(column, column.ColumnDescriptor.MaxDefinitionLevel, "value");
        var rows = new List<int?>();
        while (rows.Count < group.MetaData.NumRows)
        {
            var unset = reader.TakeRun(8, out var values);
            foreach (var value in values)
            {
                rows.Add(value);
            }

            rows.AddRange(Enumerable.Repeat<int?>(null, unset));
        }

        return rows;
    }
}
