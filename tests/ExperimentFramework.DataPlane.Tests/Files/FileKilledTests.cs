using System.Diagnostics;
using System.Globalization;

namespace ExperimentFramework.DataPlane.Tests.Files;

/// <summary>Processes that are killed while they write, finish, compress and split files: five for each form, and 50 where <c>DATAPLANE_STRESS_SECONDS</c> is set.</summary>
public sealed class FileKilledTests : IDisposable
{
    private const int NumbersPerProcess = 1_000_000;

    private static readonly int Kills = Environment.GetEnvironmentVariable("DATAPLANE_STRESS_SECONDS") is null ? 5 : 50;

    private readonly EventFolder _folder = new();

    // 50 kills take a while on a busy machine.
    [Theory(Timeout = 1_800_000)]
    [InlineData(FileLayout.Flat, FileCompression.None, FileDurability.Process)]
    [InlineData(FileLayout.Flat, FileCompression.Gzip, FileDurability.Disk)]
    [InlineData(FileLayout.Partitioned, FileCompression.Gzip, FileDurability.Process)]
    public async Task Every_accepted_event_is_there_once_and_every_file_is_whole(FileLayout layout, FileCompression compression, FileDurability durability)
    {
        var random = new Random(20260329);
        var accepted = new List<int>();
        for (var kill = 0; kill < Kills; kill++)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            accepted.AddRange(await WriteUntilKilledAsync(kill * NumbersPerProcess, random.Next(1, 300), layout, compression, durability));
        }

        await RecoverAsync(layout, compression);
        Assert.DoesNotContain(_folder.Files, file => layout == FileLayout.Partitioned != file.StartsWith("experiment=exp-", StringComparison.Ordinal));
        var numbers = await _folder.ReadNumbersAsync();
        Assert.Equal(numbers.Count, numbers.Distinct().Count());

        // A number answers for all before it of the same process.
        var there = numbers.ToHashSet();
        Assert.Equal(Kills, accepted.Select(number => number / NumbersPerProcess).Distinct().Count());
        Assert.All(accepted.GroupBy(number => number / NumbersPerProcess), process => Assert.All(
            Enumerable.Range(process.Key * NumbersPerProcess, (process.Max() % NumbersPerProcess) + 1), number => Assert.Contains(number, there)));
    }

    [Fact]
    public async Task Two_processes_at_once_write_to_one_folder_and_lose_nothing_when_one_is_killed()
    {
        var killed = WriteUntilKilledAsync(0, 300, FileLayout.Flat, FileCompression.Gzip, FileDurability.Process);
        using var other = Start(NumbersPerProcess, 7_000, FileLayout.Flat, FileCompression.Gzip, FileDurability.Process);
        var output = other.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var accepted = await killed;
        await output;
        await other.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, other.ExitCode);
        await RecoverAsync(FileLayout.Flat, FileCompression.Gzip);
        var numbers = await _folder.ReadNumbersAsync();
        Assert.Equal(numbers.Count, numbers.Distinct().Count());
        Assert.Equal(7_000, numbers.Count(number => number >= NumbersPerProcess));
        Assert.Empty(Enumerable.Range(0, accepted.Max() + 1).Except(numbers));
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>Waits until a process that starts, which the test stands in for, has finished and converted what is there.</summary>
    private async Task RecoverAsync(FileLayout layout, FileCompression compression)
    {
        var ending = compression == FileCompression.Gzip ? ".jsonl.gz" : ".jsonl";
        await using var next = _folder.Open(new FileDataBackplaneOptions { Layout = layout, Compression = compression });
        await Eventually.Holds(() => _folder.Files.All(file => file.EndsWith(ending, StringComparison.Ordinal)));
    }

    /// <summary>Starts a process and kills it in the midst of its work, once it has accepted so many batches.</summary>
    private async Task<List<int>> WriteUntilKilledAsync(int first, int batches, FileLayout layout, FileCompression compression, FileDurability durability)
    {
        using var process = Start(first, NumbersPerProcess, layout, compression, durability);
        var accepted = new List<int>();
        while (accepted.Count < batches && await process.StandardOutput.ReadLineAsync() is { } line)
        {
            accepted.Add(int.Parse(line, CultureInfo.InvariantCulture));
        }

        process.Kill();
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            // The last line may have been cut.
            if (int.TryParse(line, CultureInfo.InvariantCulture, out var number) && number % 7 == accepted[0] % 7 && number > accepted[^1])
            {
                accepted.Add(number);
            }
        }

        await process.WaitForExitAsync();
        Assert.NotEqual(0, process.ExitCode);
        return accepted;
    }

    private Process Start(int first, int count, FileLayout layout, FileCompression compression, FileDurability durability) => Process.Start(new ProcessStartInfo(
        "dotnet", [Writer(), _folder.Path, first.ToString(CultureInfo.InvariantCulture), count.ToString(CultureInfo.InvariantCulture), layout.ToString(), compression.ToString(), durability.ToString()])
    {
        RedirectStandardOutput = true,
    })!;

    private static string Writer() => Path.Combine(
        AppContext.BaseDirectory.Replace("ExperimentFramework.DataPlane.Tests", "assets/ExperimentFramework.DataPlane.FileWriter", StringComparison.Ordinal),
        "ExperimentFramework.DataPlane.FileWriter.dll");
}
