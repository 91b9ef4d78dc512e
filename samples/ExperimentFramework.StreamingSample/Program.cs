using System.Diagnostics;
using ExperimentFramework.DataPlane;
using ExperimentFramework.StreamingSample;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

const string Topic = "experiments";

var builder = Host.CreateApplicationBuilder(args);
var visitors = builder.Configuration.GetValue("visitors", 3_000);
var forgets = builder.Configuration.GetValue("forgets", 0.0);
var folder = Directory.CreateTempSubdirectory("streaming-sample-").FullName;
var files = Path.Combine(folder, "events");
using var brokers = new Brokers(Topic);
await using var collector = new Collector(forgets);
collector.Start();

// The outage below is intended; the pipeline would log it as an error.
builder.Logging.SetMinimumLevel(LogLevel.Critical);
builder.Services.AddDataBackplane(options => options.Retry.MaxDelay = TimeSpan.FromSeconds(1));
builder.Services.AddKafkaDataBackplane(brokers.Addresses, Topic);
builder.Services.AddFileDataBackplane(files);
builder.Services.AddOtlpDataBackplane(collector.Endpoint);
builder.Services.AddSqliteOutbox(Path.Combine(folder, "outbox.db"));
builder.Services.AddExperimentFramework(experiments => experiments
    .WithExposureLogging()
    .Experiment(Shop.Experiment, checkout => checkout.AddControl().AddVariant("new")));

var agree = false;
try
{
    var host = builder.Build();
    await host.StartAsync();
    agree = await CompareAsync(host.Services);
    await host.StopAsync();
    host.Dispose();
}
finally
{
    Directory.Delete(folder, recursive: true);
}

Console.WriteLine(agree ? "All destinations have the subjects that were served." : "The destinations do not have the subjects that were served.");
return agree ? 0 : 1;

async Task<bool> CompareAsync(IServiceProvider services)
{
    var publisher = services.GetRequiredService<IEventPublisher>();
    var shop = new Shop(services.GetRequiredService<IExperiments>(), seed: 7);
    var comparison = new Comparison(shop.Served, brokers.Addresses, Topic, files, collector);

    await shop.ServeAsync(visitors);
    await publisher.FlushAsync();
    Console.WriteLine($"{visitors} visitors, three destinations:");
    if (!await comparison.PrintAsync())
    {
        return false;
    }

    await collector.StopAsync();
    await shop.ServeAsync(visitors);
    await comparison.WaitAsync(except: Comparison.Otlp);
    Console.WriteLine($"The collector is down. {visitors} more visitors; Kafka and files go on without it:");
    if (!await comparison.PrintAsync(except: Comparison.Otlp))
    {
        return false;
    }

    collector.Start();
    var back = Stopwatch.StartNew();
    await comparison.WaitAsync();
    Console.WriteLine($"The collector is back. {back.Elapsed.TotalSeconds:F1} s later:");
    return await comparison.PrintAsync();
}
