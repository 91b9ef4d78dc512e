using System.Text;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane.Tests.Files;

/// <summary>What a process that ended in the middle of its work leaves behind, and what the next one makes of it.</summary>
public sealed class FileRecoveryTests : IDisposable
{
    private const string Left = "20260301T110000.0000000Z-0123456789abcdef0123456789abcdef";

    private readonly EventFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("{\"eventId\":\"01")]
    [InlineData("\0\0\0\0")]
    public async Task A_line_that_was_cut_is_cut_off_and_never_joined_with_another_event(string cut)
    {
        Leave(Left + ".jsonl.open", Lines(0, 3) + cut);

        await using var backplane = _folder.Open();
        await backplane.PublishAsync(EventFolder.Events(3, 2), Token);
        await Eventually.Holds(() => _folder.Files.Contains(Left + ".jsonl") && _folder.Logs.Count == 1);

        Assert.Equal(Lines(0, 3), _folder.Text(Left + ".jsonl"));
        Assert.Equal([0, 1, 2, 3, 4], (await _folder.ReadNumbersAsync()).Order());
        var line = Assert.Single(_folder.Logs.GetSnapshot());
        Assert.Equal((LogLevel.Information, new EventId(150, "EventFileRecovered"), DataPlaneLogCategories.Delivery), (line.Level, line.Id, line.Category));
        Assert.Contains($"{Encoding.UTF8.GetByteCount(cut)} bytes", line.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_whole_is_finished_and_the_log_does_not_speak_of_a_cut()
    {
        Leave(Left + ".jsonl.open", Lines(0, 3));

        await using var backplane = _folder.Open();
        await Eventually.Holds(() => _folder.Files.Contains(Left + ".jsonl") && _folder.Logs.Count == 1);

        var line = Assert.Single(_folder.Logs.GetSnapshot());
        Assert.Equal((LogLevel.Information, new EventId(153, "EventFileFinished")), (line.Level, line.Id));
        Assert.DoesNotContain("cut", line.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_long_line_that_was_cut_is_cut_off_whole()
    {
        Leave(Left + ".jsonl.open", Lines(0, 1) + new string('x', 300_000));

        await using var backplane = _folder.Open();

        await Eventually.Holds(() => _folder.Files.Contains(Left + ".jsonl"));
        Assert.Equal(Lines(0, 1), _folder.Text(Left + ".jsonl"));
    }

    [Fact]
    public async Task A_file_without_a_whole_line_is_deleted()
    {
        Leave(Left + ".jsonl.open", "{\"eventId\"");

        await using var backplane = _folder.Open();

        await Eventually.Holds(() => _folder.Files.Count == 0);
    }

    [Fact]
    public async Task Readers_do_not_see_a_line_that_was_cut()
    {
        Leave(Left + ".jsonl.open", Lines(0, 2) + Lines(2, 1).TrimEnd());

        Assert.Equal([0, 1], await _folder.ReadNumbersAsync());
    }

    [Fact]
    public async Task The_file_of_a_living_process_is_left_alone()
    {
        await using var living = _folder.Open();
        await living.PublishAsync(EventFolder.Events(0, 1), Token);
        var file = Assert.Single(_folder.Files);
        Leave(Left + ".jsonl.open", Lines(1, 1));

        await using var other = _folder.Open();
        await Eventually.Holds(() => _folder.Files.Contains(Left + ".jsonl"));

        Assert.Contains(file, _folder.Files);
        await living.PublishAsync(EventFolder.Events(2, 1), Token);
        Assert.Equal(Lines(0, 1) + Lines(2, 1), Read(file));
    }

    [Fact]
    public async Task A_file_that_is_being_read_is_finished_later()
    {
        Leave(Left + ".jsonl.open", Lines(0, 2) + "{");
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        await using var reading = EventFiles.ReadAsync(_folder.Path, cancellationToken: Token).GetAsyncEnumerator(Token);
        Assert.True(await reading.MoveNextAsync());
        await using var backplane = _folder.Open(time: time);
        await backplane.PublishAsync(EventFolder.Events(2, 1), Token);

        Assert.True(await reading.MoveNextAsync());
        Assert.False(await reading.MoveNextAsync());
        await time.AdvanceUntil(() => _folder.Files.Contains(Left + ".jsonl"), TimeSpan.FromSeconds(30));

        Assert.Equal(Lines(0, 2), _folder.Text(Left + ".jsonl"));
    }

    [Theory]
    [InlineData(FileLayout.Flat)]
    [InlineData(FileLayout.Partitioned)]
    public async Task A_conversion_that_was_interrupted_is_repeated_and_doubles_nothing(FileLayout layout)
    {
        var options = new FileDataBackplaneOptions { Layout = layout };
        var result = layout == FileLayout.Flat ? Left + ".jsonl.gz" : $"experiment=exp/date=2024-10-04/{Left}.jsonl.gz";

        // As a process leaves it that ended before it could delete what it had converted, and another one that ended before.
        Leave(Left + ".jsonl", Lines(0, 5));
        Leave(result, Lines(0, 5));
        Leave(Left + ".tmp", "half of");
        Leave($"{Left}.parts.tmp/experiment=exp/date=2024-10-04/{Left}.tmp", "half of");
        Leave($"{Left}.parts.tmp/experiment=other/date=2024-10-04/{Left}.tmp", "half of");
        Assert.Equal([0, 1, 2, 3, 4], await _folder.ReadNumbersAsync());

        await using (_folder.Open(options))
        {
        }

        Assert.Contains(result, _folder.Files);
        Assert.DoesNotContain(Left + ".jsonl", _folder.Files);
        Assert.Equal([0, 1, 2, 3, 4], await _folder.ReadNumbersAsync());
    }

    [Theory]
    [InlineData(FileLayout.Flat, FileCompression.None)]
    [InlineData(FileLayout.Flat, FileCompression.Gzip)]
    [InlineData(FileLayout.Partitioned, FileCompression.None)]
    [InlineData(FileLayout.Partitioned, FileCompression.Gzip)]
    public async Task What_was_made_with_other_options_does_not_stay_beside_what_is_made_now(FileLayout layout, FileCompression compression)
    {
        Leave(Left + ".jsonl", Lines(0, 5));
        Leave(Left + ".jsonl.gz", "a copy");
        Leave($"experiment=exp/date=2024-10-04/{Left}.jsonl.gz", "a copy");
        Leave($"experiment=exp/date=2024-10-04/{Left}.jsonl", Lines(0, 5));
        Leave($"experiment=exp/date=2024-10-05/{Left}.jsonl", Lines(0, 5));
        Leave($"unreadable/{Left}.jsonl", "a copy");

        await using (_folder.Open(new FileDataBackplaneOptions { Layout = layout, Compression = compression }))
        {
        }

        var made = Assert.Single(_folder.Files);
        Assert.Equal(
            (layout == FileLayout.Partitioned ? "experiment=exp/date=2024-10-04/" : "") + Left + (compression == FileCompression.Gzip ? ".jsonl.gz" : ".jsonl"), made);
        Assert.Equal([0, 1, 2, 3, 4], await _folder.ReadNumbersAsync());
    }

    [Fact]
    public async Task Incomplete_files_whose_source_is_gone_are_deleted_and_those_of_others_are_not()
    {
        Leave(Left + ".tmp", "half of");
        Leave($"{Left}.parts.tmp/experiment=exp/date=2024-10-04/{Left}.tmp", "half of");
        Leave(".probe-0123.tmp", "half of");
        Leave(".probe-4567.tmp", "half of");
        Leave("mine.tmp", "mine");
        File.SetLastWriteTimeUtc(_folder.Full(".probe-0123.tmp"), DateTime.UtcNow.AddHours(-1));

        await using (_folder.Open())
        {
        }

        Assert.Equal([".probe-4567.tmp", "mine.tmp"], _folder.Files);
    }

    [Fact]
    public async Task A_leftover_that_cannot_be_deleted_keeps_only_its_own_file_from_being_converted()
    {
        const string other = "20260301T100000.0000000Z-0123456789abcdef0123456789abcdef";
        Leave(other + ".jsonl.open", Lines(0, 2));
        Leave(Left + ".jsonl", Lines(2, 3));

        // Folders are not files that can be deleted.
        Leave(Left + ".tmp/other", "mine");
        Leave(".probe-0123.tmp/other", "mine");
        Directory.SetLastWriteTimeUtc(_folder.Full(".probe-0123.tmp"), DateTime.UtcNow.AddHours(-1));

        await using (_folder.Open(new FileDataBackplaneOptions { Compression = FileCompression.Gzip }))
        {
            await Eventually.Holds(() => _folder.Logs.GetSnapshot().Any(static record => record.Id.Id == 152));
        }

        Assert.Equal([".probe-0123.tmp/other", other + ".jsonl.gz", Left + ".jsonl", Left + ".tmp/other"], _folder.Files);
        Assert.Equal([0, 1, 2, 3, 4], await _folder.ReadNumbersAsync());
        var message = _folder.Logs.GetSnapshot().First(static record => record.Id.Id == 152).Message;
        Assert.Contains(".tmp' is left over and cannot be deleted: ", message, StringComparison.Ordinal);
        Assert.Contains(" Delete it.", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_of_others_are_left_alone()
    {
        string[] others = ["notes.txt", "mine.jsonl", "mine.jsonl.open", "20260301T110000.0000000Z-short.jsonl", Left + ".txt", "mine.jsonl.gz"];
        foreach (var file in others)
        {
            Leave(file, "mine");
        }

        var options = new FileDataBackplaneOptions { RetentionBytes = 4_096, RollBytes = 4_096 };
        await using (var backplane = _folder.Open(options))
        {
            await backplane.PublishAsync(EventFolder.Events(0, 1_000), Token);
        }

        Assert.All(others, file => Assert.Equal("mine", _folder.Text(file)));
    }

    [Fact]
    public async Task A_file_can_be_created_and_finished_while_another_process_looks_for_files_that_were_left_open()
    {
        using var ends = new CancellationTokenSource();
        var folder = Directory.CreateDirectory(_folder.Path).FullName;
        var taken = 0;
        var recovering = Task.Run(
            () =>
            {
                while (!ends.IsCancellationRequested)
                {
                    foreach (var path in Directory.GetFiles(folder, "*" + JournalName.Open))
                    {
                        taken += JournalFile.TryRecover(path) is null ? 0 : 1;
                    }
                }
            },
            Token);

        for (var i = 0; i < 500; i++)
        {
            using var file = JournalFile.Create(folder, TimeProvider.System);
            file.Append("{}\n"u8, FileDurability.Process);
            Assert.True(file.Exists);
            file.Finish(FileDurability.Process);
        }

        await ends.CancelAsync();
        await recovering;
        // On Windows, an open file cannot be renamed, so it is unlocked for a moment.
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(0, taken);
        }

        Assert.Equal(500, Directory.GetFiles(folder, "*.jsonl").Length);
    }

    public void Dispose() => _folder.Dispose();

    private static string Lines(int first, int count) => string.Concat(EventFolder.Events(first, count).Select(envelope => DataPlaneJson.Serialize(envelope) + "\n"));

    private void Leave(string file, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder.Full(file))!);

        // Whole at once: a destination that is open would delete a file that is still empty.
        File.WriteAllText(_folder.Full(file) + ".written", text);
        File.Move(_folder.Full(file) + ".written", _folder.Full(file));
    }

    private string Read(string file)
    {
        using var reader = new StreamReader(new FileStream(_folder.Full(file), FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd();
    }
}
