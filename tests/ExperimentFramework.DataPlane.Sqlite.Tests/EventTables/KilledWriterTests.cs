using System.Diagnostics;
using System.Globalization;
using ExperimentFramework.DataPlane.Sqlite.Tests.Delivery;

namespace ExperimentFramework.DataPlane.Sqlite.Tests.EventTables;

/// <summary>What the file has taken survives a process that is killed: 50 times if <c>DATAPLANE_STRESS_SECONDS</c> is set.</summary>
public sealed class KilledWriterTests : IDisposable
{
    private const int NumbersPerProcess = 1_000_000;

    private static readonly int Kills = StressTests.IsLong ? 50 : 5;

    private readonly TemporaryFolder _folder = new();

    private string Path => _folder.File("events.db");

    // 50 kills take a while on a busy machine.
    [Fact(Timeout = 1_800_000)]
    public async Task Every_delivered_event_is_there_once_after_kills_at_random_moments_while_another_process_reads()
    {
        var random = new Random(20260301);
        var delivered = new List<long>();
        for (var kill = 0; kill < Kills; kill++)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            delivered.AddRange(await WriteUntilKilledAsync((long)kill * NumbersPerProcess, random.Next(1, 60)));

            Assert.Equal("ok", StoredEventRows.Query(Path, "PRAGMA quick_check").Single()[0]);
        }

        var rows = StoredEventRows.Query(Path, "SELECT cast(subject_id AS INTEGER) FROM exposures").Select(row => (long)row[0]!).ToList();
        var stored = rows.ToHashSet();
        Assert.Equal(rows.Count, stored.Count);

        // The last number of a process answers for all of its numbers before it.
        var last = delivered.GroupBy(number => number / NumbersPerProcess).Select(numbers => numbers.Max()).ToList();
        Assert.Equal(Kills, last.Count);
        Assert.All(last, number => Assert.Equal(number % NumbersPerProcess + 1, Enumerable.Range(0, (int)(number % NumbersPerProcess) + 1).Count(back => stored.Contains(number - back))));
    }

    [Fact]
    public async Task Two_processes_write_one_file_and_no_event_is_missing()
    {
        const int each = 1_500;
        using var first = Start(0, each);
        using var second = Start(NumbersPerProcess, each);

        await Task.WhenAll(EndAsync(first), EndAsync(second));

        Assert.Equal((0, 0), (first.ExitCode, second.ExitCode));
        Assert.Equal([("0", 1_500L), ("1", 1_500L)], StoredEventRows
            .Query(Path, $"SELECT cast(cast(subject_id AS INTEGER) / {NumbersPerProcess} AS TEXT), count(*) FROM exposures GROUP BY 1 ORDER BY 1")
            .Select(row => ((string)row[0]!, (long)row[1]!)));
        Assert.All(StoredEventRows.Query(Path, "SELECT expected, arrived, is_final FROM completeness"), row => Assert.Equal([1_500L, 1_500L, 1L], row));
    }

    public void Dispose() => _folder.Dispose();

    private static async Task EndAsync(Process process)
    {
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
    }

    /// <summary>Starts a process, reads the file while it writes, and kills it once it has said so often how far it is.</summary>
    private async Task<List<long>> WriteUntilKilledAsync(long first, int answers)
    {
        using var process = Start(first);
        var delivered = new List<long>();
        try
        {
            while (delivered.Count < answers && await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
            {
                delivered.Add(long.Parse(line, CultureInfo.InvariantCulture));
                Assert.Equal(1, StoredEventRows.Count(Path, $"SELECT count(*) FROM exposures WHERE subject_id = '{delivered[^1]}'"));
            }
        }
        finally
        {
            process.Kill();
        }

        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(answers, delivered.Count);
        return delivered;
    }

    private Process Start(long first, int? count = null) => Process.Start(new ProcessStartInfo(
        "dotnet",
        [Writer(), Path, first.ToString(CultureInfo.InvariantCulture), .. count is { } number ? [number.ToString(CultureInfo.InvariantCulture)] : Array.Empty<string>()])
    {
        RedirectStandardOutput = true,
    })!;

    private static string Writer() => System.IO.Path.Combine(
        AppContext.BaseDirectory.Replace("ExperimentFramework.DataPlane.Sqlite.Tests", "assets/ExperimentFramework.DataPlane.SqliteWriter", StringComparison.Ordinal),
        "ExperimentFramework.DataPlane.SqliteWriter.dll");
}
