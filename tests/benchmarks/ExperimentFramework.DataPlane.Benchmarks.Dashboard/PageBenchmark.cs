using System.Diagnostics;
using System.Globalization;

namespace ExperimentFramework.DataPlane.Benchmarks.Dashboard;

/// <summary>What pages over many experiments take: the first paint, and each update of an open page.</summary>
internal static class PageBenchmark
{
    private const int Loads = 60;
    private const int Seconds = 30;

    public static async Task<int> RunAsync(int experiments, int eventsPerSecond)
    {
        using var server = await ServerProcess.StartAsync(typeof(PageBenchmark).Assembly.Location, "serve", Text(experiments), Text(eventsPerSecond));
        using var client = new HttpClient { BaseAddress = server.Address };
        var list = "/experiments";
        var detail = $"/experiments/detail?name={ServedExperiments.NameOf(7)}";
        await Task.Delay(TimeSpan.FromSeconds(20));
        var (exposures, begun) = (long.Parse(await client.GetStringAsync("/exposures"), CultureInfo.InvariantCulture), Stopwatch.GetTimestamp());
        Console.WriteLine("| page | bytes | server time, ms: median | 95th percentile |");
        Console.WriteLine("| --- | ---: | ---: | ---: |");
        foreach (var path in new[] { list, detail, "/experiments/api/experiments" })
        {
            var bytes = 0;
            for (var loads = 0; loads < Loads; loads++)
            {
                bytes = (await client.GetByteArrayAsync(path)).Length;
                await Task.Delay(100);
            }

            var times = (await client.GetStringAsync("/times?path=" + path.Split('?')[0])).Split('\n').Select(static time => double.Parse(time, CultureInfo.InvariantCulture)).Order().ToArray();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| `{path.Split('?')[0]}` | {bytes:N0} | {times[times.Length / 2]:F1} | {times[times.Length * 95 / 100]:F1} |"));
        }

        Console.WriteLine();
        Console.WriteLine("| open page | updates a second | bytes an update | processor of the server, ms a second |");
        Console.WriteLine("| --- | ---: | ---: | ---: |");
        var idle = await ProcessorAsync(server);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| none | | | {idle:F0} |"));
        foreach (var path in new[] { "/experiments/updates", "/experiments/updates?name=" + ServedExperiments.NameOf(7) + "&range=minutes" })
        {
            await using var pages = await OpenPages.OpenAsync(server.Address, [path]);
            var (updates, bytes) = (pages.Updates, pages.Bytes);
            var processor = await ProcessorAsync(server);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| `{path}` | {(pages.Updates - updates) / (double)Seconds:F2} | {(pages.Bytes - bytes) / (double)Math.Max(1, pages.Updates - updates):N0} | {processor:F0} |"));
        }

        var rate = (long.Parse(await client.GetStringAsync("/exposures"), CultureInfo.InvariantCulture) - exposures) / Stopwatch.GetElapsedTime(begun).TotalSeconds;
        var load = await LoadAsync();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\nOf {eventsPerSecond:N0} exposures a second, {rate:N0} arrived. Load: {load}"));
        return 0;
    }

    /// <summary>The load of the machine, if it says so.</summary>
    public static async Task<string> LoadAsync() => File.Exists("/proc/loadavg") ? (await File.ReadAllTextAsync("/proc/loadavg")).Trim() : "unknown";

    private static async Task<double> ProcessorAsync(ServerProcess server)
    {
        var before = server.Processor;
        var begun = Stopwatch.GetTimestamp();
        await Task.Delay(TimeSpan.FromSeconds(Seconds));
        return (server.Processor - before).TotalMilliseconds / Stopwatch.GetElapsedTime(begun).TotalSeconds;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
