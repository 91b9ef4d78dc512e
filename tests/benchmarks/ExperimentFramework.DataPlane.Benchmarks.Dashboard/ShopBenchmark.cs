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
            await MeasureAsync(client);
            await MeasureAsync(client);
            string[] paths = [.. Enumerable.Range(0, pages).Select(static page => page % 2 == 0 ? "/experiments/updates" : "/experiments/updates?name=checkout-flow&range=minutes")];
            List<(double Without, double With)> pairs = [];
            Console.WriteLine($"| round | without, ms | with {pages} pages, ms | ratio | load |");
            Console.WriteLine("| ---: | ---: | ---: | ---: | --- |");
            for (var round = 0; round < rounds; round++)
            {
                // Who comes first changes, too.
                var (without, with) = (0.0, 0.0);
                if (round % 2 == 0)
                {
                    without = await MeasureAsync(client);
                }

                await using (await OpenPages.OpenAsync(shop.Address, paths))
                {
                    with = await MeasureAsync(client);
                }

                if (round % 2 == 1)
                {
                    without = await MeasureAsync(client);
                }

                pairs.Add((without, with));
                var load = await PageBenchmark.LoadAsync();
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {round + 1} | {without:F3} | {with:F3} | {with / without:F3} | {load} |"));
            }

            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"\nMedians: {Median(pairs.Select(static pair => pair.Without)):F3} ms without, {Median(pairs.Select(static pair => pair.With)):F3} ms with, ratio {Median(pairs.Select(static pair => pair.With / pair.Without)):F3}."));
            return 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Shop => typeof(ShopBenchmark).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(static metadata => metadata.Key == "Shop").Value!;

    /// <summary>The median time of a request, one after the other.</summary>
    private static async Task<double> MeasureAsync(HttpClient client)
    {
        var times = new double[Requests];
        for (var request = 0; request < Requests; request++)
        {
            var begun = Stopwatch.GetTimestamp();
            await client.GetByteArrayAsync("/product/1");
            times[request] = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
            await Task.Delay(5);
        }

        return Median(times);
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }
}
