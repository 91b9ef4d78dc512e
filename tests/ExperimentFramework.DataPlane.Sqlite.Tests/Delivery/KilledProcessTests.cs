using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Sqlite.Tests.Delivery;

/// <summary>What the outbox has acknowledged survives a process that is killed: more often where <c>DATAPLANE_STRESS_SECONDS</c> is set.</summary>
public sealed class KilledProcessTests
{
    private const int NumbersPerProcess = 1_000_000;

    private static readonly int Kills = StressTests.IsLong ? 50 : 10;
    private static readonly int Pairs = StressTests.IsLong ? 8 : 3;

    [Fact]
    public async Task Every_event_acknowledged_to_the_outbox_arrives_after_kills_at_random_moments()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("outbox.db");
        var random = new Random(20260301);
        var acknowledged = new List<long>();
        for (var kill = 0; kill < Kills; kill++)
        {
            acknowledged.AddRange(await WriteUntilKilledAsync(path, (long)kill * NumbersPerProcess, random.Next(1, 30)));
        }

        var arrived = await DeliverAsync(path);

        // A number answers for all before it of the same process.
        Assert.Equal(Kills, acknowledged.Select(number => number / NumbersPerProcess).Distinct().Count());
        Assert.All(acknowledged, number => Assert.All(
            Enumerable.Range(0, (int)Math.Min(number % NumbersPerProcess, 7)), back => Assert.Contains(number - back, arrived)));
    }

    [Fact]
    public async Task Two_processes_at_once_with_a_file_each_lose_no_event_over_kills_at_random_moments()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("outbox-{process}.db");
        var random = new Random(20260302);
        var acknowledged = new List<long>();
        for (var kill = 0; kill < 2 * Pairs; kill += 2)
        {
            var writers = new[] { kill, kill + 1 }.Select(number => WriteUntilKilledAsync(path, (long)number * NumbersPerProcess, random.Next(1, 30))).ToArray();
            foreach (var writer in writers)
            {
                acknowledged.AddRange(await writer);
            }
        }

        Assert.InRange(folder.Files().Count(file => file.EndsWith(".db", StringComparison.Ordinal)), 2, 4);
        var backplane = new DownBackplane();
        var services = new ServiceCollection();
        services.AddSingleton<IDataBackplane>(backplane);
        services.AddSqliteOutbox(path);
        await using var provider = services.BuildServiceProvider();
        provider.GetRequiredService<IEventPublisher>();

        // A number answers for all before it of the same process.
        var expected = acknowledged.SelectMany(number => Enumerable.Range(0, (int)Math.Min(number % NumbersPerProcess, 7)).Select(back => number - back)).ToHashSet();
        await Eventually.Holds(() => expected.IsSubsetOf(backplane.Arrived.Select(arrival => arrival.Number)));
        Assert.All(backplane.Arrived.GroupBy(arrival => arrival.Number), arrivals => Assert.Single(arrivals.Select(arrival => arrival.EventId).Distinct()));
    }

    /// <summary>Starts a process and kills it in the midst of its work, once it has acknowledged so many batches.</summary>
    private static async Task<List<long>> WriteUntilKilledAsync(string path, long first, int batches)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Writer(), path, first.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardOutput = true,
        })!;
        var acknowledged = new List<long>();
        while (acknowledged.Count < batches && await process.StandardOutput.ReadLineAsync() is { } line)
        {
            acknowledged.Add(long.Parse(line, CultureInfo.InvariantCulture));
        }

        process.Kill();
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            // The last line may have been cut.
            if (line.Length > 0 && long.TryParse(line, CultureInfo.InvariantCulture, out var number) && number % 7 == 0 && number > acknowledged[^1])
            {
                acknowledged.Add(number);
            }
        }

        await process.WaitForExitAsync();
        Assert.Equal(batches, Math.Min(batches, acknowledged.Count));
        return acknowledged;
    }

    private static async Task<HashSet<long>> DeliverAsync(string path)
    {
        var backplane = new DownBackplane();
        var services = new ServiceCollection();
        services.AddSingleton<IDataBackplane>(backplane);
        services.AddSqliteOutbox(path);
        await using var provider = services.BuildServiceProvider();
        var outbox = provider.GetRequiredService<IEventOutbox>();
        var expected = outbox.Count(nameof(DownBackplane));
        provider.GetRequiredService<IEventPublisher>();
        await backplane.Reached(expected);
        return [.. backplane.Arrived.Select(arrival => arrival.Number)];
    }

    private static string Writer() => Path.Combine(
        AppContext.BaseDirectory.Replace("ExperimentFramework.DataPlane.Sqlite.Tests", "assets/ExperimentFramework.DataPlane.OutboxWriter", StringComparison.Ordinal),
        "ExperimentFramework.DataPlane.OutboxWriter.dll");
}
