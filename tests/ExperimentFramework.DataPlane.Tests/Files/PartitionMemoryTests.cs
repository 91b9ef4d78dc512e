using System.Diagnostics;
using System.Globalization;

namespace ExperimentFramework.DataPlane.Tests.Files;

/// <summary>What splitting a file by experiment takes, however many experiments there are.</summary>
[Collection(nameof(MeasuresMemory))]
public sealed class PartitionMemoryTests : IDisposable
{
    /// <summary>What splitting may add to the memory of the process, whatever the number of experiments.</summary>
    private const long MaxResidentBytes = 256L * 1024 * 1024;

    private static readonly bool IsLong = Environment.GetEnvironmentVariable("DATAPLANE_STRESS_SECONDS") is not null;

    private readonly EventFolder _folder = new();

    // A million takes several minutes.
    [Fact(Timeout = 3_600_000)]
    public async Task A_million_experiments_need_few_open_files_and_little_memory()
    {
        var token = TestContext.Current.CancellationToken;
        var count = IsLong ? 1_000_000 : 1_000;
        await using (var backplane = _folder.Open(new FileDataBackplaneOptions { RollBytes = 1L << 34, Compression = FileCompression.None }))
        {
            for (var i = 0; i < 2 * count; i += 500)
            {
                var result = await backplane.PublishAsync([.. Enumerable.Range(i, 500).Select(number => EventFolder.Events(number, 1, Name(number % count))[0])], token);
                Assert.Null(result.Error);
            }
        }

        // Split here, so that what is open can be counted meanwhile.
        var source = _folder.Full(_folder.Files.Single());
        var (most, bytes) = (0, 0L);
        var before = ResidentAtRest();
        var splitting = new PartitionSplitter(FileCompression.Gzip).ConvertAsync(source, token).AsTask();
        while (!splitting.IsCompleted)
        {
            most = Math.Max(most, OpenFiles.CountIn(_folder.Path));
            bytes = Math.Max(bytes, Resident() - before);
            await Task.WhenAny(splitting, Task.Delay(IsLong ? 100 : 1, token));
        }

        await splitting;
        File.Delete(source);
        TestContext.Current.TestOutputHelper?.WriteLine($"{count} experiments: {most} more files open and {bytes >> 20} MiB more resident at most.");
        Assert.InRange(most, 0, 10);
        Assert.InRange(bytes, 0, MaxResidentBytes);
        Assert.Equal(count, Directory.EnumerateDirectories(_folder.Path).Count());
        if (!IsLong)
        {
            Assert.Equal(Enumerable.Range(0, 2 * count), (await _folder.ReadNumbersAsync()).Order());
        }

        static string Name(int number) => string.Create(CultureInfo.InvariantCulture, $"experiment {number}");
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>The memory without what earlier tests have left behind. Otherwise the collector could give it back meanwhile, and so hide what splitting adds.</summary>
    private static long ResidentAtRest()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return Resident();
    }

    private static long Resident()
    {
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
