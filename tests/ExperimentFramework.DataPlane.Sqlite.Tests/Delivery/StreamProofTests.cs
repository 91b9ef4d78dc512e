using System.Diagnostics;
using System.Globalization;
using ExperimentFramework.DataPlane.Tests.Accounting;

namespace ExperimentFramework.DataPlane.Sqlite.Tests.Delivery;

/// <summary>
/// Three processes at once whose destinations fail at random, some killed at random moments: what they wrote shows by itself whether it is complete. More rounds
/// where <c>DATAPLANE_STRESS_SECONDS</c> is set.
/// </summary>
public sealed class StreamProofTests
{
    private const int Processes = 3;
    private const int Events = 6_000;

    private static readonly int Rounds = StressTests.IsLong ? 40 : 1;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_producer_that_ended_adds_up_to_the_event_and_of_a_killed_one_the_gap_is_found_and_bounded(bool hasOutbox)
    {
        using var folder = new TemporaryFolder();
        var random = new Random(20260304);
        var lines = new List<string>();
        var (ended, killed) = (0, 0);
        for (var round = 0; round < Rounds; round++)
        {
            var runs = Enumerable.Range(0, Processes).Select(number =>
                RunAsync(folder, random.Next(), Events, hasOutbox ? "Fails" : "Rejects", hasOutbox ? "outbox-{process}.db" : null, killAfter: number == 0 ? random.Next(300, 800) : int.MaxValue)).ToArray();
            foreach (var run in runs)
            {
                var (written, isKilled) = await run;
                lines.AddRange(written);
                (ended, killed) = isKilled ? (ended, killed + 1) : (ended + 1, killed);
            }
        }

        // Processes that take over what others left in their outboxes, and drop some of it, and others that deliver the rest.
        foreach (var outbox in folder.Files().Where(file => file.EndsWith(".db", StringComparison.Ordinal)).ToList())
        {
            lines.AddRange((await RunAsync(folder, random.Next(), 20, "Rejects", outbox, killAfter: int.MaxValue)).Lines);
            lines.AddRange((await RunAsync(folder, random.Next(), 20, "Works", outbox, killAfter: int.MaxValue)).Lines);
            ended += 2;
        }

        var sums = new EventStreamSums(lines);
        Assert.True(killed > 0);
        Assert.Equal(ended + killed, sums.Producers.Count);

        // Without an outbox a last account may be lost as any other event.
        Assert.InRange(sums.Complete.Count, hasOutbox ? ended : 1, ended);
        foreach (var producer in sums.Producers)
        {
            if (sums.Complete.Contains(producer))
            {
                Assert.Equal(sums.Expected(producer), sums.Arrived(producer));
            }
            else
            {
                // No last account: that something may be missing is known. All that the latest account promises is there, so only what came after it may be missing.
                Assert.All(sums.Expected(producer), promised => Assert.True(sums.Arrived(producer).GetValueOrDefault(promised.Key) >= promised.Value, $"{promised} of {producer}"));
            }
        }
    }

    /// <summary>Runs a process to its end, or kills it when it has written so many lines to its output.</summary>
    private static async Task<(List<string> Lines, bool IsKilled)> RunAsync(TemporaryFolder folder, int seed, int events, string fault, string? outbox, int killAfter)
    {
        var file = folder.File($"{seed}.jsonl");
        string[] arguments = [Writer(), file, seed.ToString(CultureInfo.InvariantCulture), (killAfter < int.MaxValue ? int.MaxValue : events).ToString(CultureInfo.InvariantCulture), fault];
        using var process = Process.Start(new ProcessStartInfo("dotnet", outbox is null ? arguments : [.. arguments, folder.File(outbox)]) { RedirectStandardOutput = true })!;
        for (var lines = 0; lines < killAfter && await process.StandardOutput.ReadLineAsync() is not null; lines++)
        {
        }

        var isKilled = killAfter < int.MaxValue;
        if (isKilled)
        {
            process.Kill();
        }

        await process.WaitForExitAsync();
        Assert.Equal(isKilled, process.ExitCode != 0);

        // A killed process may have been cut in the middle of a line.
        return ((await File.ReadAllTextAsync(file)).Split('\n')[..^1].ToList(), isKilled);
    }

    private static string Writer() => Path.Combine(
        AppContext.BaseDirectory.Replace("ExperimentFramework.DataPlane.Sqlite.Tests", "assets/ExperimentFramework.DataPlane.AccountWriter", StringComparison.Ordinal),
        "ExperimentFramework.DataPlane.AccountWriter.dll");
}
