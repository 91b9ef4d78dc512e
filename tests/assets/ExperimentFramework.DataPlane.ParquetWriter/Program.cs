using System.Globalization;
using ExperimentFramework.DataPlane;
using ExperimentFramework.DataPlane.Parquet;

// Publishes exposures to a Parquet destination until it is killed, with files that are converted all the time. Prints the number of the last event of each batch that was accepted.
// Arguments: the folder, and the number of the first event. The id of an event is its number.
var folder = args[0];
var number = int.Parse(args[1], CultureInfo.InvariantCulture);
var random = new Random(number);
await using var backplane = new ParquetDataBackplane(folder, new ParquetDataBackplaneOptions { RollBytes = 64 * 1024, Layout = number / 10_000_000 % 2 == 0 ? FileLayout.Flat : FileLayout.Partitioned });
while (true)
{
    var batch = new DataPlaneEnvelope[random.Next(1, 200)];
    for (var i = 0; i < batch.Length; i++)
    {
        var time = DateTimeOffset.UtcNow;
        batch[i] = new DataPlaneEnvelope
        {
            EventId = new Guid(++number, 0, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 0),
            Timestamp = time,
            EventType = DataPlaneEventType.Exposure,
            SchemaVersion = "1.0.0",
            Payload = new ExposureEvent
            {
                ExperimentName = random.Next(2) == 0 ? "one" : "two", Timestamp = time, VariantKey = "control", SelectionReason = "test", SubjectId = number.ToString(CultureInfo.InvariantCulture),
            },
        };
    }

    await backplane.PublishAsync(batch);
    Console.WriteLine(number.ToString(CultureInfo.InvariantCulture));
}
