using ParquetSharp;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Reads from the statistics of a Parquet file when its first event happened.</summary>
internal static class ParquetTimes
{
    private const string Column = "ts";
    private const long TicksPerMicrosecond = 10;

    /// <summary>Returns the time of the earliest event; null if the file does not say.</summary>
    public static DateTimeOffset? First(string path)
    {
        try
        {
            using var file = new ParquetFileReader(path);
            long? first = null;
            for (var index = 0; index < file.FileMetaData.NumRowGroups; index++)
            {
                using var group = file.RowGroup(index);
                first = FirstOf(group) is { } time ? Math.Min(time, first ?? long.MaxValue) : first;
            }

            return first is { } microseconds ? DateTimeOffset.UnixEpoch.AddTicks(microseconds * TicksPerMicrosecond) : null;
        }
        catch (Exception exception) when (exception is ParquetException or ArgumentOutOfRangeException)
        {
            // What is wrong with the file is reported when it is read.
            return null;
        }
    }

    private static long? FirstOf(RowGroupReader group)
    {
        var schema = group.MetaData.Schema;
        for (var index = 0; index < schema.NumColumns; index++)
        {
            using var path = schema.Column(index).Path;
            if (path.ToDotString() == Column)
            {
                using var chunk = group.MetaData.GetColumnChunkMetaData(index);
                using var statistics = chunk.Statistics as Statistics<long>;
                return statistics is { HasMinMax: true } ? statistics.Min : null;
            }
        }

        return null;
    }
}
