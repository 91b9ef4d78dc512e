using System.Runtime.Versioning;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace ExperimentFramework.DataPlane.Science.Tests;

public sealed class FileLedgerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeLogger _logger = new();

    private string Path => _folder.File("looks.jsonl");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Looks_are_appended_over_restarts_and_read_back_as_they_were()
    {
        AnalysisLook[] looks = [Look(1), Look(2) with { Metric = "purchase\n\"x\" ü", PlanHash = "9f86d081884c7d65" }, Look(3)];
        foreach (var look in looks)
        {
            using var ledger = Open();
            await ledger.RecordAsync(look, Cancellation);
        }

        Assert.Equal(looks, await Read());
        Assert.Equal(3, File.ReadAllLines(Path).Length);
    }

    [Fact]
    public async Task A_line_that_a_crash_has_cut_off_anywhere_is_removed_with_a_message()
    {
        using (var ledger = Open())
        {
            await ledger.RecordAsync(Look(1), Cancellation);
            await ledger.RecordAsync(Look(2), Cancellation);
        }

        var whole = File.ReadAllBytes(Path);
        var first = Array.IndexOf(whole, (byte)'\n') + 1;
        for (var length = first; length < whole.Length; length += 7)
        {
            File.WriteAllBytes(Path, whole[..length]);
            using (var ledger = Open())
            {
                Assert.Equal([Look(1)], await Read());
                await ledger.RecordAsync(Look(3), Cancellation);
            }

            Assert.Equal([Look(1), Look(3)], await Read());
        }

        Assert.Contains(_logger.Collector.GetSnapshot(), static log => log.Id.Name == "LedgerLineCut" && log.Level == LogLevel.Warning);
    }

    [Fact]
    public async Task Looks_that_are_recorded_while_others_are_read_hide_none_of_them()
    {
        using var ledger = Open(4_096);
        AnalysisLook[] before = [.. Enumerable.Range(1, 60).Select(Look)];
        foreach (var look in before)
        {
            await ledger.RecordAsync(look, Cancellation);
        }

        List<AnalysisLook> read = [];
        await foreach (var look in ledger.ReadAsync(Cancellation))
        {
            // The file that is read last becomes full, and gets another name, before it is reached.
            read.Add(look);
            for (var more = 0; more < (read.Count == 1 ? 200 : 0); more++)
            {
                await ledger.RecordAsync(Look(1_000 + more), Cancellation);
            }
        }

        Assert.Equal(before, read.Where(static look => look.Run <= 60));
    }

    [Fact]
    public async Task A_full_file_is_renamed_by_a_number_and_read_first()
    {
        using var ledger = Open(4_096);
        for (var number = 1; number <= 100; number++)
        {
            await ledger.RecordAsync(Look(number), Cancellation);
        }

        Assert.Equal(Enumerable.Range(1, 100), (await Read()).Select(static look => look.Run));
        var rolled = Directory.GetFiles(System.IO.Path.GetDirectoryName(Path)!, "looks.jsonl.*").Where(static file => !file.EndsWith(".lock", StringComparison.Ordinal)).ToArray();
        Assert.True(rolled.Length >= 3);
        Assert.All([Path, .. rolled], static file => Assert.True(new FileInfo(file).Length <= 4_096));
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task Only_its_owner_may_read_it()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "On Windows the folder's access rules apply.");
        using var ledger = Open();

        await ledger.RecordAsync(Look(1), Cancellation);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path));
    }

    [Fact]
    public async Task Two_processes_do_not_share_it()
    {
        using var first = Open();
        await first.RecordAsync(Look(1), Cancellation);
        using var second = Open();

        var error = await Assert.ThrowsAsync<IOException>(async () => await second.RecordAsync(Look(2), Cancellation));

        Assert.Contains("LedgerFile", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_in_the_middle_that_is_no_look_is_named()
    {
        using var ledger = Open();
        await ledger.RecordAsync(Look(1), Cancellation);
        File.AppendAllText(Path, "{\"by\":1}\n");
        await ledger.RecordAsync(Look(2), Cancellation);

        var error = await Assert.ThrowsAsync<InvalidDataException>(Read);

        Assert.StartsWith($"Line 2 of the ledger '{Path}'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Looks_at_the_same_time_are_whole_lines()
    {
        using var ledger = Open(4_096);

        await Task.WhenAll(Enumerable.Range(1, 50).Select(number => Task.Run(async () => await ledger.RecordAsync(Look(number), Cancellation))));

        Assert.Equal(Enumerable.Range(1, 50), (await Read()).Select(static look => look.Run).Order());
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static AnalysisLook Look(int number) => new()
    {
        Timestamp = MonitoredStream.Start.AddSeconds(number),
        By = "ada",
        ExperimentName = MonitoredStream.Experiment,
        Run = number,
        Subjects = 100L * number,
        Shown = "interval",
    };

    private FileAnalysisLedger Open(long maxBytes = 1 << 20) => new(Path, maxBytes, NonThrowingLogger.Of(_logger));

    private async Task<AnalysisLook[]> Read()
    {
        using var ledger = Open();
        return await ledger.ReadAsync(Cancellation).ToArrayAsync(Cancellation);
    }
}
