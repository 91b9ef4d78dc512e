using System.Globalization;
using ExperimentFramework.DataPlane;
using ExperimentFramework.DataPlane.AccountWriter;
using Microsoft.Extensions.DependencyInjection;

// Serves calls of a tagged service and records metrics, to two destinations that write JSON lines and fail at random, until it is killed or has served so many calls, and ends in
// order then, with the number of calls as its last line.
// Arguments: the file, to which the second destination adds ".second", the seed, the number of calls, what the destinations do (Works, Fails or Rejects), and the outbox's path if there is one.
var (file, seed, count) = (args[0], int.Parse(args[1], CultureInfo.InvariantCulture), int.Parse(args[2], CultureInfo.InvariantCulture));
var fault = Enum.Parse<Fault>(args[3]);
var services = new ServiceCollection();
services.AddSingleton<IDataBackplane>(new FileBackplane(file, fault, new Random(seed)));
services.AddSingleton<IDataBackplane>(new FileBackplane(file + ".second", fault, new Random(seed + 1)));
services.AddSingleton<ListOffer>().AddSingleton<SaleOffer>();
services.AddExperimentFramework(experiments => experiments.WithExposureLogging().Trial<IOffer>(trial => trial.AddControl<ListOffer>().AddVariant<SaleOffer>("sale").OnErrorFallbackToControl()));
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
    var offer = provider.GetRequiredService<IOffer>();
    var metrics = provider.GetRequiredService<IMetricRecorder>();
    var random = new Random(~seed);
    for (var number = 0; number < count; number++)
    {
        // Two calls in a row of most visitors, and a few of nobody.
        var visitor = random.Next(40) == 0 ? "" : (number / 2).ToString(CultureInfo.InvariantCulture);
        offer.Show(visitor);
        if (random.Next(4) == 0)
        {
            await metrics.RecordAsync("purchase", 1, new MetricDetails { SubjectId = visitor });
        }

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

Console.WriteLine(count);
