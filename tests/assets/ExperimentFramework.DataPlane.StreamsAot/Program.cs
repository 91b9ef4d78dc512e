using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Confluent.Kafka;
using ExperimentFramework.DataPlane;
using ExperimentFramework.DataPlane.Kafka;
using Microsoft.Extensions.DependencyInjection;

// Streams events to Kafka, Event Hubs and OTLP, ahead-of-time compiled: .ci/run publishes and runs it. The argument is the program that plays the event hub.
const int Count = 100;
var config = new ProducerConfig { BootstrapServers = "localhost" };
config.Set("test.mock.num.brokers", "1");
using var cluster = new ProducerBuilder<Null, Null>(config).SetLogHandler(static (_, _) => { }).Build();
using var admin = new DependentAdminClientBuilder(cluster.Handle).Build();
var broker = admin.GetMetadata("events", TimeSpan.FromSeconds(10)).Brokers.Select(found => $"{found.Host}:{found.Port}").Single();

using var hub = Process.Start(new ProcessStartInfo("dotnet", [args[0]]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
var connectionString = await hub.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The event hub did not start.");

var port = FreePort();
using var listener = new HttpListener { Prefixes = { $"http://127.0.0.1:{port}/" } };
listener.Start();
var names = 0;
var collecting = CollectAsync();

await using (var services = new ServiceCollection()
    .AddKafkaDataBackplane(broker, "events", options => options.Format = EventFormat.CloudEvents)
    .AddEventHubsAmqpDataBackplane(connectionString)
    .AddOtlpDataBackplane($"http://127.0.0.1:{port}/v1/logs")
    .BuildServiceProvider())
{
    var publisher = services.GetRequiredService<IEventPublisher>();
    for (var number = 0; number < Count; number++)
    {
        await publisher.PublishAsync(new ExposureEvent
        {
            ExperimentName = "checkout", Timestamp = DateTimeOffset.UtcNow, VariantKey = "control", SelectionReason = "test", SubjectId = $"u{number}",
            Attributes = new Dictionary<string, object?> { ["country"] = "DE", ["items"] = 3L, ["tags"] = new[] { "a", "b" } },
        });
    }

    await publisher.FlushAsync();
}

listener.Stop();
await collecting;
var ofKafka = await KafkaEvents.ReadAsync(broker, "events").CountAsync(stored => stored.Envelope.EventType == DataPlaneEventType.Exposure);
await hub.StandardInput.WriteLineAsync("count");

// The last account of the pipeline is an event too.
var ofHub = int.Parse((await hub.StandardOutput.ReadLineAsync())!) - 1;
hub.StandardInput.Close();
await hub.WaitForExitAsync();
Console.WriteLine($"Of {Count} exposures Kafka has {ofKafka}, Event Hubs {ofHub} and the collector {names}.");
if (ofKafka != Count || ofHub != Count || names != Count)
{
    return 1;
}

Console.WriteLine("All events arrived everywhere.");
return 0;

static int FreePort()
{
    using var probe = new TcpListener(IPAddress.Loopback, 0);
    probe.Start();
    return ((IPEndPoint)probe.LocalEndpoint).Port;
}

async Task CollectAsync()
{
    try
    {
        while (true)
        {
            var context = await listener.GetContextAsync();
            using var body = new MemoryStream();
            await context.Request.InputStream.CopyToAsync(body);
            names += Encoding.Latin1.GetString(body.ToArray()).Split("feature_flag.evaluation").Length - 1;
            context.Response.ContentType = "application/x-protobuf";
            context.Response.Close();
        }
    }
    catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
    {
        // It was stopped.
    }
}
