using System.IO.Compression;
using System.Text;

namespace ExperimentFramework.DataPlane.Tests.Files;

/// <summary>Reading files of events: what is found, in which order, and what is said of what is no event.</summary>
public sealed class EventFilesTests : IDisposable
{
    private static readonly DateTimeOffset Begin = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly TemporaryFolder _folder = new();
    private readonly List<UnreadableLine> _unreadable = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Plain_and_compressed_files_are_read_with_the_place_of_each_event()
    {
        Write("a.jsonl", Lines(0, 2));
        File.WriteAllBytes(_folder.File("b.jsonl.gz"), [.. Gzip(Lines(2, 1)), .. Gzip(Lines(3, 1))]);
        Write("notes.txt", "no events");

        var read = await ReadAsync(_folder.File(""));

        Assert.Equal(
            [("a.jsonl", 1L, 0), ("a.jsonl", 2L, 1), ("b.jsonl.gz", 1L, 2), ("b.jsonl.gz", 2L, 3)],
            read.Select(stored => (Path.GetFileName(stored.File), stored.Line, EventFolder.NumberOf(stored.Envelope))));
        Assert.All(read, stored => Assert.True(Path.IsPathFullyQualified(stored.File)));
    }

    [Fact]
    public async Task Files_and_folders_are_read_in_the_order_in_which_they_are_named()
    {
        Directory.CreateDirectory(_folder.File("sub/deeper"));
        Write("sub/deeper/b.jsonl", Lines(0, 1));
        Write("sub/a.jsonl", Lines(1, 1));
        Write("z.dump", Lines(2, 1));

        var read = new List<int>();
        await foreach (var stored in EventFiles.ReadAsync([_folder.File("z.dump"), _folder.File("sub")], cancellationToken: Token))
        {
            read.Add(EventFolder.NumberOf(stored.Envelope));
        }

        Assert.Equal([2, 1, 0], read);
    }

    [Fact]
    public async Task A_compressed_file_without_content_is_no_file_without_events()
    {
        Write("a.jsonl", Lines(0, 1));
        Write("b.jsonl.gz", "");
        Write("c.jsonl", "");
        Write("d.jsonl", Lines(1, 1));

        var read = await ReadAsync(_folder.File(""), Reporting());

        Assert.Equal([0, 1], read.Select(stored => EventFolder.NumberOf(stored.Envelope)));
        var fault = Assert.Single(_unreadable);
        Assert.Equal((_folder.File("b.jsonl.gz"), 1), (fault.File, fault.Line));
        Assert.Contains("The file has 0 bytes, which no compressed file has. Restore it from a backup.", fault.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidDataException>(async () => await EventFiles.ReadAsync(_folder.File(""), cancellationToken: Token).CountAsync(Token));
    }

    [Fact]
    public async Task Several_files_are_merged_by_time()
    {
        // The numbers are the minutes.
        Write("a.jsonl", At(0, 3, 6));
        Write("b.jsonl", At(1, 4, 4));
        Write("c.jsonl", At(7, 8));
        Write("d.jsonl", "");
        Write("e.jsonl", At(2, 9));

        var read = await ReadAsync(_folder.File(""), new EventReadingOptions { MergeByTime = true });

        Assert.Equal([0, 1, 2, 3, 4, 4, 6, 7, 8, 9], read.Select(stored => EventFolder.NumberOf(stored.Envelope)));
        Assert.Equal(2, read.Single(stored => EventFolder.NumberOf(stored.Envelope) == 3).Line);
    }

    [Fact]
    public async Task Files_that_do_not_overlap_are_merged_however_many_there_are()
    {
        const int files = MergedEventFiles.MaxOpen + 100;
        for (var i = 0; i < files; i++)
        {
            Write($"{files - i:d4}.jsonl", At(2 * i, (2 * i) + 1));
        }

        var read = await ReadAsync(_folder.File(""), new EventReadingOptions { MergeByTime = true });

        Assert.Equal(Enumerable.Range(0, 2 * files), read.Select(stored => EventFolder.NumberOf(stored.Envelope)));
    }

    [Fact]
    public async Task Too_many_files_that_overlap_are_refused_with_what_to_do()
    {
        for (var i = 0; i <= MergedEventFiles.MaxOpen; i++)
        {
            Write($"{i}.jsonl", At(i, 10_000));
        }

        var error = await Assert.ThrowsAsync<IOException>(() => ReadAsync(_folder.File(""), new EventReadingOptions { MergeByTime = true }));

        Assert.Contains("More than 512 event files overlap in time", error.Message, StringComparison.Ordinal);
        Assert.Equal(2 * (MergedEventFiles.MaxOpen + 1), (await ReadAsync(_folder.File(""))).Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Lines_that_are_no_events_are_reported_by_file_line_and_field_and_gone_on_from(bool mergesByTime)
    {
        Write("a.jsonl", "\ufeff" + Lines(0, 1) + "\r\n{\n" + Lines(1, 1).Replace("\"variantKey\":\"b\"", "\"variantKey\":7", StringComparison.Ordinal) + Lines(2, 1).Replace("\n", "\r\n", StringComparison.Ordinal));
        Write("b.jsonl", "no event\n");
        Write("c.jsonl", Lines(3, 1).TrimEnd());

        var read = await ReadAsync(_folder.File(""), Reporting(mergesByTime: mergesByTime));

        Assert.Equal([0, 2, 3], read.Select(stored => EventFolder.NumberOf(stored.Envelope)));
        Assert.Equal(
            [("a.jsonl", 3L, null), ("a.jsonl", 4L, "payload.variantKey"), ("b.jsonl", 1L, (string?)null)],
            _unreadable.OrderBy(line => line.File).ThenBy(line => line.Line).Select(line => (Path.GetFileName(line.File), line.Line, line.Field)));
        Assert.Contains($"Line 4 of '{_folder.File("a.jsonl")}' is not an event. payload.variantKey", _unreadable.Single(line => line.Field is not null).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_receiver_such_a_line_ends_reading()
    {
        Write("a.jsonl", Lines(0, 1) + "no event\n" + Lines(1, 1));

        var error = await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(_folder.File("a.jsonl")));

        Assert.Contains("Line 2 of", error.Message, StringComparison.Ordinal);
        Assert.Contains("EventReadingOptions.OnUnreadableLine", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(100_000, false)]
    [InlineData(100_000, true)]
    [InlineData(3_000_000, false)]
    public async Task A_line_that_is_too_long_is_reported_and_takes_no_memory(int length, bool isLast)
    {
        Write("a.jsonl", Lines(0, 1) + new string('x', length) + (isLast ? "" : "\n" + Lines(1, 1)));
        var options = Reporting();
        options.MaxLineBytes = 1_024;
        await ReadAsync(_folder.File("a.jsonl"), options);

        var before = GC.GetTotalAllocatedBytes();
        var read = await ReadAsync(_folder.File("a.jsonl"), options);

        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 1_000_000);
        Assert.Equal(isLast ? [0] : [0, 1], read.Select(stored => EventFolder.NumberOf(stored.Envelope)));
        Assert.Equal(2, _unreadable[0].Line);
        Assert.Contains("is longer than 1024 bytes", _unreadable[0].Message, StringComparison.Ordinal);
        Assert.Equal(isLast ? 2 : 3, isLast ? _unreadable[^1].Line : read[^1].Line);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_line_of_exactly_the_limit_is_an_event_and_one_byte_more_is_not(int more)
    {
        var line = Lines(0, 1).TrimEnd();
        var limit = 65_536 + 1_000;
        Write("a.jsonl", line[..^1] + new string(' ', limit + more - line.Length) + "}\n");
        var options = Reporting();
        options.MaxLineBytes = limit;

        Assert.Equal(1 - more, (await ReadAsync(_folder.File("a.jsonl"), options)).Count);
        Assert.Equal(more, _unreadable.Count);
    }

    [Fact]
    public async Task A_compressed_file_that_is_damaged_is_reported_and_the_next_one_is_read()
    {
        var bytes = Gzip(Lines(0, 2_000));
        bytes.AsSpan(bytes.Length / 2, 100).Fill(0xAA);
        File.WriteAllBytes(_folder.File("a.jsonl.gz"), bytes);
        Write("b.jsonl", Lines(5_000, 1));

        var read = await ReadAsync(_folder.File(""), Reporting());

        Assert.Equal(5_000, EventFolder.NumberOf(read[^1].Envelope));
        Assert.NotEmpty(_unreadable);
        Assert.All(_unreadable, line => Assert.Equal("a.jsonl.gz", Path.GetFileName(line.File)));
    }

    [Fact]
    public async Task What_cannot_be_read_at_all_says_so()
    {
        File.WriteAllBytes(_folder.File("a.jsonl"), [0x28, 0xB5, 0x2F, 0xFD, 0]);

        Assert.Contains("zstd -d", (await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(_folder.File("a.jsonl")))).Message, StringComparison.Ordinal);
        Assert.Contains("There is no folder and no file", (await Assert.ThrowsAsync<FileNotFoundException>(() => ReadAsync(_folder.File("missing")))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => EventFiles.ReadAsync(""));
        Assert.Throws<ArgumentNullException>(() => EventFiles.ReadAsync((IEnumerable<string>)null!));
        Assert.Contains("it must be from 1024 to 1073741824", Assert.Throws<ArgumentOutOfRangeException>(() => EventFiles.ReadAsync("x", new EventReadingOptions { MaxLineBytes = 1_023 })).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Each_event_is_found_once_while_files_are_finished_compressed_and_split(bool mergesByTime)
    {
        using var folder = new EventFolder();
        foreach (var layout in Enum.GetValues<FileLayout>())
        {
            await using var backplane = folder.Open(new FileDataBackplaneOptions { RollBytes = 4_096, Layout = layout });
            for (var i = 0; i < 60; i++)
            {
                var published = ((int)layout * 600) + (i * 10);
                await backplane.PublishAsync(EventFolder.Events(published, 10), Token);
                var numbers = new List<int>();
                await foreach (var stored in EventFiles.ReadAsync(folder.Path, new EventReadingOptions { MergeByTime = mergesByTime }, Token))
                {
                    numbers.Add(EventFolder.NumberOf(stored.Envelope));
                }

                Assert.Equal(Enumerable.Range(0, published + 10), numbers.Distinct().Order());
            }
        }

        var all = await folder.ReadNumbersAsync();
        Assert.Equal(Enumerable.Range(0, 1_200), all.Order());
    }

    [Fact]
    public async Task Reading_is_canceled()
    {
        Write("a.jsonl", Lines(0, 10));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in EventFiles.ReadAsync(_folder.File(""), cancellationToken: new CancellationToken(canceled: true)))
            {
            }
        });
    }

    public void Dispose() => _folder.Dispose();

    private static async Task<List<StoredEvent>> ReadAsync(string path, EventReadingOptions? options = null)
    {
        var read = new List<StoredEvent>();
        await foreach (var stored in EventFiles.ReadAsync(path, options, Token))
        {
            read.Add(stored);
        }

        return read;
    }

    private static string Lines(int first, int count) => string.Concat(EventFolder.Events(first, count).Select(envelope => DataPlaneJson.Serialize(envelope) + "\n"));

    private static string At(params int[] minutes) =>
        string.Concat(minutes.Select(minute => DataPlaneJson.Serialize(EventFolder.Events(minute, 1, time: Begin.AddMinutes(minute))[0]) + "\n"));

    private static byte[] Gzip(string text)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }

        return bytes.ToArray();
    }

    private EventReadingOptions Reporting(bool mergesByTime = false) => new() { OnUnreadableLine = _unreadable.Add, MergeByTime = mergesByTime };

    private void Write(string file, string text) => File.WriteAllText(_folder.File(file), text);
}
