using System.Diagnostics;
using System.Globalization;
using System.Reflection;

namespace ExperimentFramework.DataPlane.Benchmarks.Dashboard;

/// <summary>What open pages cost the requests of the shop: rounds with and without them in turn, so that whatever else the machine does meets both.</summary>
internal static class ShopBenchmark
{
    private const int Requests = 400;

    public static async Task<int> RunAsync(int pages, int rounds)
    {
        var folder = Directory.CreateTempSubdirectory("dataplane-shop-");
        try
        {
            using var shop = await ServerProcess.StartAsync(Shop, "--urls", "http://127.0.0.1:0", "--data", folder.FullName, "--visitors", "10");
            using var client = new HttpClient { BaseAddress = shop.Address };

            // A visitor with a basket, as the shop has most of.
            await MeasureAsync(client, shop);
            await MeasureAsync(client, shop);
            List<(Times Without, Times With)> pairs = [];
            Console.WriteLine($"| round | median without, ms | with {pages} pages, ms | mean without, ms | with {pages} pages, ms | processor of the shop without, ms a second | with {pages} pages | load |");
            Console.WriteLine("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |");
            for (var round = 0; round < rounds; round++)
            {
                // Who comes first changes, too.
                Times without = default, with;
                if (round % 2 == 0)
                {
                    without = await MeasureAsync(client, shop);
                }

                using (var open = await OpenAsync(shop.Address, pages))
                {
                    with = await MeasureAsync(client, shop);
                    open.StandardInput.Close();
                    await open.WaitForExitAsync();
                }

                if (round % 2 == 1)
                {
                    without = await MeasureAsync(client, shop);
                }

                pairs.Add((without, with));
                var load = await PageBenchmark.LoadAsync();
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {round + 1} | {without.Median:F3} | {with.Median:F3} | {without.Mean:F3} | {with.Mean:F3} | {without.Processor:F0} | {with.Processor:F0} | {load} |"));
            }

            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"\nMedian of the ratios: {Median(pairs.Select(static pair => pair.With.Median / pair.Without.Median)):F3} for the median request, {Median(pairs.Select(static pair => pair.With.Mean / pair.Without.Mean)):F3} for the mean. Processor of the shop, ms a second: {Median(pairs.Select(static pair => pair.Without.Processor)):F0} without, {Median(pairs.Select(static pair => pair.With.Processor)):F0} with."));
            return 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Shop => typeof(ShopBenchmark).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(static metadata => metadata.Key == "Shop").Value!;

    /// <summary>Starts a process that has pages open.</summary>
    private static async Task<Process> OpenAsync(Uri shop, int pages)
    {
        var process = Process.Start(new ProcessStartInfo("dotnet", [typeof(ShopBenchmark).Assembly.Location, "open", shop.AbsoluteUri, pages.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        return await process.StandardOutput.ReadLineAsync() == OpenPages.Opened ? process : throw new InvalidOperationException("The pages could not be opened.");
    }

    /// <summary>The times of requests, one after the other. Updates come once a second and meet few of them, so the mean says what the median cannot.</summary>
    private static async Task<Times> MeasureAsync(HttpClient client, ServerProcess shop)
    {
        var times = new double[Requests];
        var (processor, all) = (shop.Processor, Stopwatch.GetTimestamp());
        for (var request = 0; request < Requests; request++)
        {
            var begun = Stopwatch.GetTimestamp();
            await client.GetByteArrayAsync("/product/1");
            times[request] = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
            await Task.Delay(5);
        }

        return new Times(Median(times), times.Average(), (shop.Processor - processor).TotalMilliseconds / Stopwatch.GetElapsedTime(all).TotalSeconds);
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }

    private readonly record struct Times(double Median, double Mean, double Processor);
}
