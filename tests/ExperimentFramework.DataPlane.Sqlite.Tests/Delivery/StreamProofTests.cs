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

    private static readonly int Rounds = StressTests.IsLong ? 10 : 1;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_producer_that_ended_adds_up_to_the_event_and_of_a_killed_one_the_gap_is_found_and_bounded(bool hasOutbox)
    {
        using var folder = new TemporaryFolder();
        var random = new Random(20260304);
        var runs = new List<Run>();
        for (var round = 0; round < Rounds; round++)
        {
            runs.AddRange(await Task.WhenAll(Enumerable.Range(0, Processes).Select(number =>
                RunAsync(folder, random.Next(), Events, hasOutbox ? "Fails" : "Rejects", hasOutbox ? "outbox-{process}.db" : null, killAfter: number == 0 ? random.Next(100, 240) : int.MaxValue))));
        }

        // Processes that take over what others left in their outboxes, and drop some of it, and others that deliver the rest.
        foreach (var outbox in folder.Files().Where(file => file.EndsWith(".db", StringComparison.Ordinal)).ToList())
        {
            runs.Add(await RunAsync(folder, random.Next(), 20, "Rejects", outbox, killAfter: int.MaxValue));
            runs.Add(await RunAsync(folder, random.Next(), 20, "Works", outbox, killAfter: int.MaxValue));
        }

        Assert.Contains(runs, run => run.IsKilled);
        ProveEach(runs, run => run.Lines, hasOutbox);
        ProveEach(runs, run => run.LinesOfSecond, hasOutbox);
    }

    /// <summary>Does the sums of one destination's stream.</summary>
    private static void ProveEach(List<Run> runs, Func<Run, IReadOnlyList<string>> linesOf, bool hasOutbox)
    {
        var sums = new EventStreamSums(runs.SelectMany(linesOf));
        var ended = runs.Where(run => !run.IsKilled).ToList();
        Assert.Equal(runs.Count, sums.Producers.Count);

        // Without an outbox a last account may be lost as any other event.
        Assert.InRange(sums.Complete.Count, hasOutbox ? ended.Count : 1, ended.Count);
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

        // Every call is in the last account: recorded, a repeat, left out by sampling or without a subject.
        Assert.All(sums.Complete, producer => Assert.Contains(sums.ExposingCalls(producer), ended.Select(run => run.Calls)));
        Assert.Contains(sums.Complete, producer => sums.Expected(producer).Keys.Any(category => category == "Outcome offer/sale"));
    }

    /// <summary>Runs a process to its end, or kills it when it has written so many lines to its output.</summary>
    private static async Task<Run> RunAsync(TemporaryFolder folder, int seed, int events, string fault, string? outbox, int killAfter)
    {
        var file = folder.File($"{seed}.jsonl");
        string[] arguments = [Writer(), file, seed.ToString(CultureInfo.InvariantCulture), (killAfter < int.MaxValue ? int.MaxValue : events).ToString(CultureInfo.InvariantCulture), fault];
        using var process = Process.Start(new ProcessStartInfo("dotnet", outbox is null ? arguments : [.. arguments, folder.File(outbox)]) { RedirectStandardOutput = true })!;
        var last = "0";
        for (var lines = 0; lines < killAfter && await process.StandardOutput.ReadLineAsync() is { } line; lines++)
        {
            last = line;
        }

        var isKilled = killAfter < int.MaxValue;
        if (isKilled)
        {
            process.Kill();
        }

        await process.WaitForExitAsync();
        Assert.Equal(isKilled, process.ExitCode != 0);

        return new Run(await LinesAsync(file), await LinesAsync(file + ".second"), long.Parse(last, CultureInfo.InvariantCulture), isKilled);
    }

    /// <summary>A killed process may have been cut in the middle of a line.</summary>
    private static async Task<IReadOnlyList<string>> LinesAsync(string file) => (await File.ReadAllTextAsync(file)).Split('\n')[..^1];

    private static string Writer() => Path.Combine(
        AppContext.BaseDirectory.Replace("ExperimentFramework.DataPlane.Sqlite.Tests", "assets/ExperimentFramework.DataPlane.AccountWriter", StringComparison.Ordinal),
        "ExperimentFramework.DataPlane.AccountWriter.dll");

    /// <summary>What a process wrote to its two destinations.</summary>
    private sealed record Run(IReadOnlyList<string> Lines, IReadOnlyList<string> LinesOfSecond, long Calls, bool IsKilled);
}
