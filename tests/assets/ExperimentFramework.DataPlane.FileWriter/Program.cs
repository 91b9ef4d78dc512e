using System.Globalization;
using ExperimentFramework.DataPlane;

// Writes numbered events to a folder, in batches of seven and in small files, until it is killed or has written so many, and ends in order then. After each
// batch that was accepted it writes the number of its last event to its output.
// Arguments: the folder, the first number, the count, the layout, the compression and the durability.
var (folder, first, count) = (args[0], int.Parse(args[1], CultureInfo.InvariantCulture), int.Parse(args[2], CultureInfo.InvariantCulture));
const int batch = 7;
var layout = Enum.Parse<FileLayout>(args[3]);
var options = new FileDataBackplaneOptions
{
    // A file is split into fifteen, and for each of them a busy disk is waited for.
    RollBytes = layout == FileLayout.Partitioned ? 65_536 : 16_384,
    Layout = layout,
    Compression = Enum.Parse<FileCompression>(args[4]),
    Durability = Enum.Parse<FileDurability>(args[5]),
};
await using (var backplane = new FileDataBackplane(folder, options))
{
    for (var number = first; number < first + count; number += batch)
    {
        var result = await backplane.PublishAsync([.. Enumerable.Range(number, batch).Select(Event)]);
        if (result.Error is not null)
        {
            throw result.Error;
        }

        // Long lines: the pipe holds few of them, so the writer waits for its reader.
        Console.WriteLine((number + batch - 1).ToString(CultureInfo.InvariantCulture).PadLeft(1_000));
    }
}

static DataPlaneEnvelope Event(int number)
{
    var time = DateTimeOffset.UnixEpoch.AddDays(20_000 + (number % 3));
    return new DataPlaneEnvelope
    {
        EventId = new Guid(number, 0, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 0),
        Timestamp = time,
        EventType = DataPlaneEventType.Exposure,
        SchemaVersion = "1.1.0",
        Payload = new ExposureEvent
        {
            ExperimentName = string.Create(CultureInfo.InvariantCulture, $"exp-{number % 5}"),
            Timestamp = time,
            VariantKey = "b",
            SubjectId = number.ToString(CultureInfo.InvariantCulture),
            SelectionReason = "test",
        },
    };
}
