using System.Globalization;
using ExperimentFramework.DataPlane;
using ExperimentFramework.DataPlane.AccountWriter;
using Microsoft.Extensions.DependencyInjection;

// Publishes to a destination that writes JSON lines and fails at random, until it is killed or has published so many events, and ends in order then.
// Arguments: the file, the seed, the number of events, what the destination does (Works, Fails or Rejects), and the outbox's path if there is one.
var (file, seed, count) = (args[0], int.Parse(args[1], CultureInfo.InvariantCulture), int.Parse(args[2], CultureInfo.InvariantCulture));
var services = new ServiceCollection();
services.AddSingleton<IDataBackplane>(new FileBackplane(file, Enum.Parse<Fault>(args[3]), new Random(seed)));
services.AddDataBackplane(options =>
{
    (options.MaxQueueSize, options.BatchSize, options.AccountingInterval) = (200, 20, TimeSpan.FromSeconds(1));
    (options.FlushInterval, options.ShutdownTimeout) = (TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1));
    (options.Retry.MaxAttempts, options.Retry.BaseDelay, options.Retry.MaxDelay) = (2, TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(4));
});
if (args.Length > 4)
{
    services.AddSqliteOutbox(args[4]);
}

await using (var provider = services.BuildServiceProvider())
{
    var publisher = provider.GetRequiredService<IEventPublisher>();
    var random = new Random(~seed);
    for (var number = 0; number < count; number++)
    {
        var variant = random.Next(2) == 0 ? "control" : "b";
        var subject = number.ToString(CultureInfo.InvariantCulture);
        await publisher.PublishAsync(random.Next(4) == 0
            ? new OutcomeEvent { ExperimentName = "exp", VariantKey = variant, SubjectId = subject, OutcomeName = "Run", Result = OutcomeResult.Success, Timestamp = DateTimeOffset.UtcNow }
            : new ExposureEvent { ExperimentName = "exp", VariantKey = variant, SubjectId = subject, SelectionReason = "test", Timestamp = DateTimeOffset.UtcNow });
        if (number % 25 == 0)
        {
            // Long lines: the pipe holds few of them, so on a busy machine the writer waits for its reader.
            Console.WriteLine(number.ToString(CultureInfo.InvariantCulture).PadLeft(1_000));
        }

        if (random.Next(10) == 0)
        {
            await Task.Delay(1);
        }
    }
}
