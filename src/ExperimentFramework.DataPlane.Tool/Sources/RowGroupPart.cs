using ParquetSharp;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>A row group of a Parquet file: what can be read in the order of time without the rest of the file.</summary>
/// <param name="Index">Its number, from 0.</param>
/// <param name="First">The time of its earliest event; the earliest of all times if the file does not say.</param>
/// <param name="Last">The time of its latest event; the latest of all times if the file does not say.</param>
/// <param name="Bytes">About how many bytes of the file it takes.</param>
/// <param name="Memory">About how many bytes its rows take as columns.</param>
internal sealed record RowGroupPart(int Index, DateTimeOffset First, DateTimeOffset Last, long Bytes, long Memory)
{
    private const string TimeColumn = "ts";

    /// <summary>Without a value in these, an exposure counts no subject.</summary>
    private static readonly string[] CountingColumns = ["subject_id", "allocation_version"];

    /// <summary>What a row takes in addition to the bytes of its values: where its texts are, and texts that a dictionary of the file has only once.</summary>
    private const int RowBytes = 160;

    /// <summary>Whether there may be exposures that count no subject.</summary>
    public bool MayCountNoSubject { get; init; } = true;

    /// <summary>Reads from the footer of a file which row groups with rows it has; null if the file cannot be read: what is wrong with it is reported when it is.</summary>
    public static IReadOnlyList<RowGroupPart>? Of(string path)
    {
        try
        {
            using var file = new ParquetFileReader(path);
            var bytes = new FileInfo(path).Length;
            var rows = Math.Max(1, file.FileMetaData.NumRows);
            var parts = new List<RowGroupPart>();
            for (var index = 0; index < file.FileMetaData.NumRowGroups; index++)
            {
                using var group = file.RowGroup(index);
                if (group.MetaData.NumRows > 0)
                {
                    var (first, last) = TimesOf(group);
                    parts.Add(new RowGroupPart(index, first, last, (long)((double)bytes / rows * group.MetaData.NumRows), (group.MetaData.NumRows * RowBytes) + group.MetaData.TotalByteSize)
                    {
                        MayCountNoSubject = Array.Exists(CountingColumns, column => HasUnset(group, column)),
                    });
                }
            }

            return parts;
        }
        catch (Exception exception) when (exception is ParquetException or ArgumentOutOfRangeException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static (DateTimeOffset First, DateTimeOffset Last) TimesOf(RowGroupReader group) => Read(group, TimeColumn, static statistics =>
        statistics is Statistics<long> { HasMinMax: true } times ? (TimeOf(times.Min), TimeOf(times.Max)) : (DateTimeOffset.MinValue, DateTimeOffset.MaxValue));

    private static bool HasUnset(RowGroupReader group, string column) => Read(group, column, static statistics => statistics is not { NullCount: 0 });

    /// <summary>Reads the statistics of a column; null if the row group has none.</summary>
    private static T Read<T>(RowGroupReader group, string column, Func<Statistics?, T> read)
    {
        var schema = group.MetaData.Schema;
        for (var index = 0; index < schema.NumColumns; index++)
        {
            using var path = schema.Column(index).Path;
            if (path.ToDotString() == column)
            {
                using var chunk = group.MetaData.GetColumnChunkMetaData(index);
                using var statistics = chunk.Statistics;
                return read(statistics);
            }
        }

        return read(null);
    }

    private static DateTimeOffset TimeOf(long microseconds) => DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);
}
