using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Sqlite.Tests.Delivery;

/// <summary>What the outbox has acknowledged survives a process that is killed.</summary>
public sealed class KilledProcessTests
{
    private const int Kills = 50;
    private const int NumbersPerProcess = 1_000_000;

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
        services.AddDurableOutbox(path);
        await using var provider = services.BuildServiceProvider();
        var outbox = provider.GetRequiredService<IEventOutbox>();
        var expected = outbox.Count(nameof(DownBackplane));
        provider.GetRequiredService<IEventPublisher>();
        await backplane.Reached(expected);
        return [.. backplane.Arrived];
    }

    private static string Writer() => Path.Combine(
        AppContext.BaseDirectory.Replace("Sqlite.Tests", "OutboxWriter", StringComparison.Ordinal), "ExperimentFramework.DataPlane.OutboxWriter.dll");

    /// <summary>Has the name of the writer's destination, and works.</summary>
    private sealed class DownBackplane : IDataBackplane
    {
        private readonly SemaphoreSlim _arrivals = new(0);

        public ConcurrentQueue<long> Arrived { get; } = new();

        public async Task Reached(long count)
        {
            for (var i = 0L; i < count; i++)
            {
                await _arrivals.WaitAsync();
            }
        }

        public ValueTask PublishAsync(DataPlaneEnvelope envelope, CancellationToken cancellationToken = default)
        {
            Arrived.Enqueue(long.Parse(((ExposureEvent)envelope.Payload).SubjectId!, CultureInfo.InvariantCulture));
            _arrivals.Release();
            return ValueTask.CompletedTask;
        }

        public ValueTask FlushAsync(CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

        public ValueTask<BackplaneHealth> HealthAsync(CancellationToken cancellationToken = default) => ValueTask.FromResult(BackplaneHealth.Healthy());
    }
}
