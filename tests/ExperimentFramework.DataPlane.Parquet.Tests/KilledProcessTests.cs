using System.Diagnostics;
using System.Globalization;

namespace ExperimentFramework.DataPlane.Parquet.Tests;

/// <summary>What the destination has accepted survives a process that is killed: 50 of them where <c>DATAPLANE_PARQUET_KILLS</c> says so.</summary>
public sealed class KilledProcessTests : IDisposable
{
    private const int NumbersPerProcess = 10_000_000;

    private static readonly int Kills = int.TryParse(Environment.GetEnvironmentVariable("DATAPLANE_PARQUET_KILLS"), CultureInfo.InvariantCulture, out var kills) ? kills : 5;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // 50 kills take a while on a busy machine.
    [Fact(Timeout = 1_800_000)]
    public async Task Every_accepted_event_is_there_once_after_kills_at_random_moments()
    {
        var random = new Random(20260301);
        var accepted = new List<(int First, int Last)>();
        for (var kill = 0; kill < Kills; kill++)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            var first = kill * NumbersPerProcess;
            accepted.Add((first + 1, await WriteUntilKilledAsync(first, batches: random.Next(1, 120))));
        }

        await AssertThereOnceAsync(accepted);
    }

    [Fact]
    public async Task Two_processes_at_once_write_to_one_folder_and_lose_nothing_when_they_are_killed_one_after_the_other()
    {
        // Of the same layout: what the first one leaves behind is converted by the second, which still writes.
        var (first, second) = (0, 2 * NumbersPerProcess);
        var last = await Task.WhenAll(WriteUntilKilledAsync(first, batches: 40), WriteUntilKilledAsync(second, batches: 120));

        await AssertThereOnceAsync([(first + 1, last[0]), (second + 1, last[1])]);
    }

    /// <summary>Finishes what is there, as the next start does, and requires that each event that was accepted is there, and each that is there is there once.</summary>
    private async Task AssertThereOnceAsync(IReadOnlyCollection<(int First, int Last)> accepted)
    {
        await using (new ParquetDataBackplane(_folder.Path))
        {
            await Eventually.Holds(() => !Directory.EnumerateFiles(_folder.File("journal"), "*.jsonl*").Any());
        }

        var numbers = (await WrittenEvents.ReadAsync(_folder.Path)).Select(envelope => int.Parse(((ExposureEvent)envelope.Payload).SubjectId!, CultureInfo.InvariantCulture)).ToList();
        using var duckDb = new DuckDb();
        Assert.Equal($"{numbers.Count}|{numbers.Count}", duckDb.Value($"select count(*), count(distinct event_id) from read_parquet('{_folder.Path}/exposures/**/*.parquet', union_by_name = true, hive_partitioning = false)"));
        var arrived = numbers.ToHashSet();
        Assert.All(accepted, process => Assert.DoesNotContain(Enumerable.Range(process.First, process.Last - process.First + 1), number => !arrived.Contains(number)));
        Assert.Empty(Directory.EnumerateFiles(_folder.Path, "*.tmp", SearchOption.AllDirectories));
        TestContext.Current.TestOutputHelper?.WriteLine($"{accepted.Count} kills, {accepted.Sum(process => process.Last - process.First + 1L)} accepted events, {numbers.Count} rows in {Directory.GetFiles(_folder.Path, "*.parquet", SearchOption.AllDirectories).Length} files.");
    }

    /// <summary>Starts a process and kills it in the midst of its work, once it has accepted so many batches.</summary>
    /// <returns>The number of the last event that it accepted.</returns>
    private async Task<int> WriteUntilKilledAsync(int first, int batches)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Writer, _folder.Path, first.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardOutput = true })!;
        var last = first;
        for (var batch = 0; batch < batches; batch++)
        {
            last = int.Parse(await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The writer has ended by itself."), CultureInfo.InvariantCulture);
        }

        process.Kill();
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            // The last line may have been cut.
            last = int.TryParse(line, CultureInfo.InvariantCulture, out var number) && number > last && number < first + NumbersPerProcess && line.Length == last.ToString(CultureInfo.InvariantCulture).Length ? number : last;
        }

        await process.WaitForExitAsync();
        return last;
    }

    private static string Writer { get; } = Path.Combine(
        AppContext.BaseDirectory.Replace("ExperimentFramework.DataPlane.Parquet.Tests", "assets/ExperimentFramework.DataPlane.ParquetWriter", StringComparison.Ordinal),
        "ExperimentFramework.DataPlane.ParquetWriter.dll");
}
