using System.Globalization;
using ExperimentFramework.DataPlane;
using Microsoft.Extensions.DependencyInjection;

// Publishes to an SQLite file, and prints the number of each seventh event once the file has it and all before it, until it is killed or has
// published so many. Arguments: the file's path, the first number, and how many; without that, it does not end.
var services = new ServiceCollection();
services.AddSqliteDataBackplane(args[0]);
services.AddDataBackplane(options => options.Retry.MaxAttempts = 100);
await using var provider = services.BuildServiceProvider();
var publisher = provider.GetRequiredService<IEventPublisher>();
var first = long.Parse(args[1], CultureInfo.InvariantCulture);
var end = args.Length > 2 ? first + long.Parse(args[2], CultureInfo.InvariantCulture) : long.MaxValue;
for (var number = first; number < end; number++)
{
    await publisher.PublishAsync(new ExposureEvent
    {
        ExperimentName = "exp",
        VariantKey = "b",
        SubjectId = number.ToString(CultureInfo.InvariantCulture),
        SelectionReason = "test",
        Timestamp = DateTimeOffset.UtcNow,
    });
    if (number % 7 == 0)
    {
        await publisher.FlushAsync();
        // Long lines: the pipe holds few of them, so on a busy machine the writer waits for its reader instead of filling the disk.
        Console.WriteLine(number.ToString(CultureInfo.InvariantCulture).PadLeft(1_000));
    }
}
