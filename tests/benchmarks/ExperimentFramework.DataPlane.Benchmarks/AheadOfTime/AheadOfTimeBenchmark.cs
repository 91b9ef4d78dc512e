using System.Globalization;

namespace ExperimentFramework.DataPlane.Benchmarks.AheadOfTime;

/// <summary>
/// What the data plane adds to an empty host, as whole processes taken in turn: time to the first delivered exposure, resident
/// memory then, and the size of what is published; ahead-of-time compiled, and on the installed run time.
/// </summary>
internal static class AheadOfTimeBenchmark
{
    private const double Mebibyte = 1024 * 1024;

    public static async Task<int> RunAsync(int runs)
    {
        var folder = Directory.CreateTempSubdirectory("ahead-of-time").FullName;
        try
        {
            var benchmarks = BenchmarksFolder();
            var empty = Path.Combine(benchmarks, "ExperimentFramework.DataPlane.Benchmarks.EmptyHost");
            var exposing = Path.Combine(benchmarks, "ExperimentFramework.DataPlane.Benchmarks.ExposingHost");
            PublishedHost[] hosts =
            [
                await PublishedHost.PublishAsync(empty, exposes: false, isAheadOfTime: true, "an empty host, ahead-of-time compiled", folder),
                await PublishedHost.PublishAsync(exposing, exposes: true, isAheadOfTime: true, "with the data plane, ahead-of-time compiled", folder),
                await PublishedHost.PublishAsync(empty, exposes: false, isAheadOfTime: false, "an empty host, on the installed run time", folder),
                await PublishedHost.PublishAsync(exposing, exposes: true, isAheadOfTime: false, "with the data plane, on the installed run time", folder),
            ];

            for (var run = -1; run < runs; run++)
            {
                foreach (var host in hosts)
                {
                    // The first run warms the disk's cache.
                    var startUp = await host.RunAsync();
                    if (run >= 0)
                    {
                        host.StartUps.Add(startUp);
                    }
                }
            }

            Report(hosts, runs);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Report(PublishedHost[] hosts, int runs)
    {
        Console.WriteLine($"{runs} processes each, taken in turn; medians, and of the differences the median pair by pair");
        Console.WriteLine();
        Console.WriteLine("| what | bytes | host started, ms | first exposure delivered, ms | resident then, MiB | at most, MiB |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- |");
        for (var i = 0; i < hosts.Length; i += 2)
        {
            var (empty, exposing) = (hosts[i], hosts[i + 1]);
            Row(empty.Name, empty.Size, empty.StartUps);
            Row(exposing.Name, exposing.Size, exposing.StartUps);
            Row("the difference", exposing.Size - empty.Size, [.. exposing.StartUps.Zip(empty.StartUps, (with, without) => new StartUp(
                with.Started - without.Started, with.Ready - without.Ready, with.Resident - without.Resident, with.Peak - without.Peak))]);
        }
    }

    private static void Row(string name, long size, List<StartUp> startUps)
    {
        var exposed = startUps[0].Exposed is null ? "" : Median(startUps, startUp => startUp.Ready.TotalMilliseconds).ToString("F1", CultureInfo.InvariantCulture);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {size:N0} | {Median(startUps, startUp => startUp.Started.TotalMilliseconds):F1} | {exposed} | {Median(startUps, startUp => startUp.Resident / Mebibyte):F1} | {Median(startUps, startUp => startUp.Peak / Mebibyte):F1} |"));
    }

    private static double Median(List<StartUp> startUps, Func<StartUp, double> figure) => startUps.Select(figure).Order().ElementAt(startUps.Count / 2);

    private static string BenchmarksFolder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "DataPlane.sln")))
            {
                return Path.Combine(folder.FullName, "tests", "benchmarks");
            }
        }

        throw new InvalidOperationException("Run the benchmark from the repository: DataPlane.sln is in no folder above it.");
    }
}
