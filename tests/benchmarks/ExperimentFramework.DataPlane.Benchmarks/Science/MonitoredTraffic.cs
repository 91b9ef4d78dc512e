using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using ExperimentFramework.DataPlane.Benchmarks.Markdown;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ExperimentFramework.DataPlane.Benchmarks.Science;

/// <summary>A process under steady traffic, with files as its other destination: what is dropped, what memory grows by, and what the monitor adds to the processor time.</summary>
internal static class MonitoredTraffic
{
    private const int Subjects = 3_000_000;
    private const int Exposures = 10_000_000;
    private const int Rate = 200_000;
    private const int Burst = 1_000;
    private const string Experiment = "checkout-pricing";

    /// <summary>The default, 50 milliseconds of this traffic, and half a second.</summary>
    private static readonly int[] QueueSizes = [10_000, 100_000];

    public static async Task<Table> MeasureAsync()
    {
        var table = new Table(
            $"{Exposures / 1_000_000} million exposures of {Subjects / 1_000_000} million subjects, {Rate / 1_000} thousand asked a second", "thousand a second", "dropped", "ns of CPU each", "MiB of heap after 1, 5 and 10 million");
        foreach (var queue in QueueSizes)
        {
            var size = queue.ToString("N0", CultureInfo.InvariantCulture);
            table.Add(await RunAsync($"files alone, a queue of {size}", hasMonitor: false, queue));
            table.Add(await RunAsync($"files and monitor, a queue of {size}", hasMonitor: true, queue));
        }

        return table;
    }

    private static async Task<object?[]> RunAsync(string name, bool hasMonitor, int queue)
    {
        var folder = Directory.CreateTempSubdirectory("dataplane-traffic-");
        try
        {
            var services = new ServiceCollection();
            services.AddLogging().AddFileDataBackplane(folder.FullName).Configure<DataPlaneOptions>(options => options.MaxQueueSize = queue);
            if (hasMonitor)
            {
                services.AddExperimentMonitor();
            }

            services.AddExperimentFramework(static experiments => experiments.WithExposureLogging().Experiment(Experiment, static variants => variants.AddControl().AddVariant("b")));
            await using var provider = services.BuildServiceProvider();
            IHostedService[] hosted = [.. provider.GetServices<IHostedService>()];
            foreach (var service in hosted)
            {
                await service.StartAsync(CancellationToken.None);
            }

            var dropped = 0L;
            using var listener = new MeterListener { InstrumentPublished = static (instrument, listener) => Listen(instrument, listener) };
            listener.SetMeasurementEventCallback<long>((_, count, _, _) => Interlocked.Add(ref dropped, count));
            listener.Start();
            var before = Process.GetCurrentProcess().TotalProcessorTime;
            var started = Stopwatch.GetTimestamp();
            var heap = await SendAsync(provider.GetRequiredService<IExperiments>());
            await provider.GetRequiredService<IEventPublisher>().FlushAsync();
            var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            var cpu = (Process.GetCurrentProcess().TotalProcessorTime - before).TotalNanoseconds / Exposures;
            listener.RecordObservableInstruments();
            foreach (var service in hosted)
            {
                await service.StopAsync(CancellationToken.None);
            }

            return [name, Exposures / seconds / 1_000, dropped, cpu, string.Join(", ", heap.Select(static bytes => (bytes >> 20).ToString(CultureInfo.InvariantCulture)))];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Listen(Instrument instrument, MeterListener listener)
    {
        if (instrument.Name == "dataplane.events.dropped")
        {
            listener.EnableMeasurementEvents(instrument);
        }
    }

    /// <summary>Sends bursts at the rate that is asked, or as fast as the machine can if that is slower.</summary>
    private static async Task<IReadOnlyList<long>> SendAsync(IExperiments experiments)
    {
        var random = new Random(1);
        List<long> heap = [];
        var started = Stopwatch.GetTimestamp();
        for (var sent = 0; sent < Exposures;)
        {
            for (var exposure = 0; exposure < Burst; exposure++)
            {
                await experiments.ExposeAsync(Experiment, "user-" + random.Next(Subjects).ToString(CultureInfo.InvariantCulture), "user");
            }

            sent += Burst;
            var ahead = ((double)sent / Rate) - Stopwatch.GetElapsedTime(started).TotalSeconds;
            if (ahead > 0.002)
            {
                await Task.Delay(TimeSpan.FromSeconds(ahead));
            }

            if (sent is 1_000_000 or 5_000_000 or 10_000_000)
            {
                heap.Add(GC.GetTotalMemory(forceFullCollection: true));
            }
        }

        return heap;
    }
}
