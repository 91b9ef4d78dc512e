using System.Diagnostics;

namespace ExperimentFramework.DataPlane.Tests.Files;

/// <summary>What cannot be written is a transient failure that says what to do, and leaves no part of a line.</summary>
public sealed class FileFailureTests : IDisposable
{
    private readonly EventFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(FileLayout.Flat)]
    [InlineData(FileLayout.Partitioned)]
    public async Task A_disk_without_room_for_a_conversion_keeps_room_for_events(FileLayout layout)
    {
        using var disk = SmallDisk.Mount(_folder.Path, kilobytes: 600);
        const string left = "20260301T110000.0000000Z-0123456789abcdef0123456789abcdef.jsonl";
        var random = new Random(20260303);
        File.WriteAllLines(_folder.Full(left), Enumerable.Range(0, 500).Select(number => DataPlaneJson.Serialize(EventFolder.Events(number, 1, $"exp-{number % 20}-{random.NextInt64():x}{random.NextInt64():x}")[0])));
        File.WriteAllBytes(_folder.Full("filler"), new byte[600 * 1_024 - new FileInfo(_folder.Full(left)).Length - (12 * 1_024)]);
        await using var backplane = _folder.Open(new FileDataBackplaneOptions { Layout = layout, Compression = layout == FileLayout.Flat ? FileCompression.Gzip : FileCompression.None });

        await Eventually.Holds(() => _folder.Logs.GetSnapshot().Any(static record => record.Id.Id == 152));

        Assert.DoesNotContain(_folder.Files, static file => file.EndsWith(".tmp", StringComparison.Ordinal));
        Assert.Equal([DeliveryStatus.Delivered], EventFolder.Statuses(await backplane.PublishAsync(EventFolder.Events(0, 1), Token), 1));
    }

    [Fact]
    public async Task A_full_disk_takes_no_part_of_a_line_and_the_same_events_once_there_is_space()
    {
        using var disk = SmallDisk.Mount(_folder.Path);
        File.WriteAllBytes(_folder.Full("others"), new byte[200 * 1024]);
        await using var backplane = _folder.Open();
        var published = 0;
        BatchResult result;
        while ((result = await backplane.PublishAsync(EventFolder.Events(published, 30), Token)).Error is null)
        {
            published += 30;
            Assert.InRange(published, 0, 10_000);
        }

        Assert.InRange(published, 30, 1_000);
        Assert.All(EventFolder.Statuses(result, 30), status => Assert.Equal(DeliveryStatus.TransientFailure, status));
        Assert.Equal(
            $"The disk of the folder '{_folder.Path}' is full. Free space on it; RetentionBytes of AddFileDataBackplane limits what is kept as JSON lines.",
            Assert.IsType<IOException>(result.Error).Message);
        Assert.True(SafeText.IsOwn(result.Error));
        Assert.Equal(Enumerable.Range(0, published), await _folder.ReadNumbersAsync());
        var health = await backplane.HealthAsync(Token);
        Assert.True(!health.IsHealthy || health.IsDegraded);
        Assert.Equal(result.Error.Message, health.Description);

        File.Delete(_folder.Full("others"));
        Assert.Null((await backplane.PublishAsync(EventFolder.Events(published, 30), Token)).Error);

        Assert.Equal(Enumerable.Range(0, published + 30), await _folder.ReadNumbersAsync());
        Assert.True(await backplane.HealthAsync(Token) is { IsHealthy: true, IsDegraded: false });
    }

    [Fact]
    public async Task Of_a_large_batch_the_part_that_a_full_disk_does_not_take_fails()
    {
        using var disk = SmallDisk.Mount(_folder.Path, kilobytes: 600);
        await using var backplane = _folder.Open();

        var result = await backplane.PublishAsync(EventFolder.Events(0, 5_000), Token);

        var statuses = EventFolder.Statuses(result, 5_000);
        var delivered = statuses.TakeWhile(status => status == DeliveryStatus.Delivered).Count();
        Assert.InRange(delivered, 1, 4_999);
        Assert.All(statuses.Skip(delivered), status => Assert.Equal(DeliveryStatus.TransientFailure, status));
        Assert.Equal(Enumerable.Range(0, delivered), await _folder.ReadNumbersAsync());
    }

    [Fact]
    public async Task A_disk_that_becomes_read_only_fails_with_what_to_do_and_works_again_when_it_is_not()
    {
        using var disk = SmallDisk.Mount(_folder.Path);
        await using var backplane = _folder.Open(new FileDataBackplaneOptions { Compression = FileCompression.None, RollBytes = 4_096 });
        await backplane.PublishAsync(EventFolder.Events(0, 100), Token);

        // A file that is open keeps a disk writable; the large batch has just finished the last one, but the upkeep may have its lock.
        await Eventually.Holds(() => disk.TryRemount("ro"));
        var result = await backplane.PublishAsync(EventFolder.Events(100, 2), Token);
        Assert.Equal($"The folder '{_folder.Path}' is on a file system that is mounted read-only. Mount it for writing.", result.Error?.Message);
        Assert.False((await backplane.HealthAsync(Token)).IsHealthy);

        Assert.True(disk.TryRemount("rw"));
        Assert.Null((await backplane.PublishAsync(EventFolder.Events(100, 2), Token)).Error);
        Assert.Equal(Enumerable.Range(0, 102), await _folder.ReadNumbersAsync());
    }

    [Fact]
    public async Task A_folder_that_is_removed_is_noticed_and_not_created_again()
    {
        await using var backplane = _folder.Open();
        await backplane.PublishAsync(EventFolder.Events(0, 2), Token);
        Directory.Delete(_folder.Path, recursive: true);

        var result = await backplane.PublishAsync(EventFolder.Events(2, 2), Token);

        Assert.Equal([DeliveryStatus.TransientFailure, DeliveryStatus.TransientFailure], EventFolder.Statuses(result, 2));
        Assert.Equal($"The folder '{_folder.Path}' does not exist. Create it again, or mount it; events are written once it is there.", result.Error?.Message);
        Assert.Equal(result.Error?.Message, (await backplane.HealthAsync(Token)).Description);
        Assert.False(Directory.Exists(_folder.Path));

        Directory.CreateDirectory(_folder.Path);
        Assert.Null((await backplane.PublishAsync(EventFolder.Events(2, 2), Token)).Error);
        Assert.Equal([2, 3], await _folder.ReadNumbersAsync());
        Assert.True((await backplane.HealthAsync(Token)).IsHealthy);
    }

    [Fact]
    public async Task A_file_that_is_deleted_or_moved_away_gets_no_more_events()
    {
        await using var backplane = _folder.Open();
        await backplane.PublishAsync(EventFolder.Events(0, 1), Token);
        File.Delete(_folder.Full(_folder.Files.Single()));
        await backplane.PublishAsync(EventFolder.Events(1, 1), Token);
        File.Move(_folder.Full(_folder.Files.Single()), _folder.Full("mine.jsonl"));
        await backplane.PublishAsync(EventFolder.Events(2, 1), Token);

        Assert.Equal([1, 2], (await _folder.ReadNumbersAsync()).Order());
    }

    [Fact]
    public async Task A_folder_without_permission_fails_with_what_to_do()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess, "Nothing is forbidden to root, and Windows has no modes.");
        Directory.CreateDirectory(_folder.Path);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_folder.Path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        await using var backplane = _folder.Open();
        var result = await backplane.PublishAsync(EventFolder.Events(0, 1), Token);

        Assert.Contains("no permission to write", result.Error?.Message, StringComparison.Ordinal);
        Assert.Equal(DeliveryStatus.TransientFailure, result[0]);
    }

    [Fact]
    public async Task A_path_where_a_file_appears_later_fails_with_what_to_do()
    {
        await using var backplane = _folder.Open();
        File.WriteAllText(_folder.Path, "");

        var error = await Assert.ThrowsAsync<IOException>(() => backplane.PublishAsync(EventFolder.Events(0, 1)[0], Token).AsTask());

        Assert.Equal($"'{_folder.Path}' is a file, so no event file can be created in it. Use the path of a folder.", error.Message);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_created_on_a_read_only_disk_is_named_with_the_nearest_one_that_exists()
    {
        using var disk = SmallDisk.Mount(_folder.Path);
        Assert.True(disk.TryRemount("ro"));
        var folder = _folder.Full("a/b");
        await using var backplane = new FileDataBackplane(folder);

        var result = await backplane.PublishAsync(EventFolder.Events(0, 1), Token);

        Assert.Equal(
            $"The folder '{folder}' cannot be created: '{_folder.Path}', the nearest one that exists, is on a file system that is mounted read-only. Mount it for writing, or use another folder.", result.Error?.Message);
        Assert.Equal(result.Error?.Message, (await backplane.HealthAsync(Token)).Description);
    }

    [Fact]
    public void A_folder_that_must_not_be_created_is_named_with_the_nearest_one_that_exists_and_the_permission()
    {
        Directory.CreateDirectory(_folder.Path);

        Assert.Equal(
            $"The folder '{_folder.Full("a/b")}' cannot be created: the user '{Environment.UserName}' has no permission to create a folder in '{_folder.Path}', the nearest one that exists. "
            + $"Grant it permission to write there and to search it, or create '{_folder.Full("a/b")}' for it.",
            FileFailure.Describe(_folder.Full("a/b"), new UnauthorizedAccessException()).Message);
        Assert.Equal(
            $"The user '{Environment.UserName}' has no permission to write to the folder '{_folder.Path}'. Grant it permission to create, write, rename and delete files there.",
            FileFailure.Describe(_folder.Path, new UnauthorizedAccessException()).Message);
    }

    [Fact]
    public async Task An_event_with_more_JSON_than_a_reader_accepts_is_rejected_for_good()
    {
        await using var backplane = _folder.Open();
        var events = EventFolder.Events(0, 3);
        events[1] = events[1] with { Metadata = new Dictionary<string, string> { ["long"] = new string('x', EventLines.MaxLineBytes) } };

        var result = await backplane.PublishAsync(events, Token);

        Assert.Equal([DeliveryStatus.Delivered, DeliveryStatus.PermanentFailure, DeliveryStatus.Delivered], EventFolder.Statuses(result, 3));
        Assert.Contains("at most 16777216 can be written", result.Error?.Message, StringComparison.Ordinal);
        Assert.Equal([0, 2], await _folder.ReadNumbersAsync());
    }

    [Fact]
    public async Task Files_that_cannot_be_converted_degrade_health_once_and_are_converted_later()
    {
        var options = new FileDataBackplaneOptions { RollBytes = 4_096 };
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        await using var backplane = _folder.Open(options, time);
        await backplane.PublishAsync(EventFolder.Events(0, 1), Token);

        // A folder where the compressed file has to be.
        var obstacle = _folder.Full(JournalName.BaseOf(_folder.Files.Single()) + ".tmp");
        Directory.CreateDirectory(obstacle);
        await backplane.PublishAsync(EventFolder.Events(1, 100), Token);
        await Eventually.Holds(async () => (await backplane.HealthAsync(Token)).IsDegraded);
        var log = Assert.Single(_folder.Logs.GetSnapshot());
        Assert.Equal(new Microsoft.Extensions.Logging.EventId(152, "EventFilesNotProcessed"), log.Id);
        Assert.StartsWith($"The finished event files in '{_folder.Path}' cannot be processed. No event is lost. '{obstacle}' is left over and cannot be deleted: ", log.Message, StringComparison.Ordinal);
        Assert.EndsWith(" Delete it. This is tried again every minute.", log.Message, StringComparison.Ordinal);
        Assert.Equal(Enumerable.Range(0, 101), await _folder.ReadNumbersAsync());

        Directory.Delete(obstacle);
        await time.AdvanceUntil(() => _folder.Files is [var file] && file.EndsWith(".jsonl.gz", StringComparison.Ordinal), TimeSpan.FromSeconds(30));
        await Eventually.Holds(async () => !(await backplane.HealthAsync(Token)).IsDegraded);
        Assert.Equal(Enumerable.Range(0, 101), await _folder.ReadNumbersAsync());
    }

    [Fact]
    public async Task Where_trying_again_does_not_help_the_log_says_what_does()
    {
        Directory.CreateDirectory(_folder.Path);
        File.WriteAllText(_folder.Full(JournalName.Create(DateTimeOffset.UnixEpoch) + JournalName.Lines), "");
        await using var upkeep = new JournalUpkeep(new JournalFolder(_folder.Path), new Refusing(new NotSupportedException("There are no locks. Use a local folder.")), retention: null, TimeProvider.System, new Microsoft.Extensions.Logging.Testing.FakeLogger(_folder.Logs));
        upkeep.Start();

        await Eventually.Holds(() => Task.FromResult(upkeep.Failure is not null));

        Assert.Equal($"The finished event files in '{_folder.Path}' cannot be processed. No event is lost. There are no locks. Use a local folder. Until then they stay as they are.", Assert.Single(_folder.Logs.GetSnapshot()).Message);
        Assert.Equal($"The finished files in '{_folder.Path}' cannot be processed. There are no locks. Use a local folder.", upkeep.Failure);
    }

    [Fact]
    public async Task A_file_that_cannot_be_converted_keeps_neither_the_others_nor_retention_from_their_turn()
    {
        Directory.CreateDirectory(_folder.Path);
        string[] files = [.. Enumerable.Range(0, 4).Select(day => _folder.Full(JournalName.Create(DateTimeOffset.UnixEpoch.AddDays(day)) + JournalName.Lines))];
        foreach (var file in files)
        {
            File.WriteAllText(file, "{}\n");
        }

        File.SetLastWriteTimeUtc(files[2], DateTime.UtcNow.AddDays(-400));
        var retention = new FileRetention(null, maxBytes: 6, TimeProvider.System);
        await using var upkeep = new JournalUpkeep(
            new JournalFolder(_folder.Path), new Refusing(new IOException("broken"), files[0], files[2], files[3]), retention, TimeProvider.System, new Microsoft.Extensions.Logging.Testing.FakeLogger(_folder.Logs));
        upkeep.Start();

        await Eventually.Holds(() => upkeep.Failure is not null);

        Assert.Equal([files[0], files[3]], Directory.GetFiles(_folder.Path, "*.jsonl").Order(StringComparer.Ordinal));
        Assert.EndsWith($"broken This happened with '{files[0]}' and 2 other files.", upkeep.Failure, StringComparison.Ordinal);
        Assert.Equal(3, upkeep.Pending);
    }

    public void Dispose() => _folder.Dispose();

    private sealed class Refusing(Exception exception, params string[] files) : IRolledFileConverter
    {
        public ValueTask ConvertAsync(string path, CancellationToken cancellationToken) =>
            files.Length == 0 || files.Contains(path) ? ValueTask.FromException(exception) : ValueTask.CompletedTask;
    }

    /// <summary>A disk in memory, which is soon full.</summary>
    private sealed class SmallDisk : IDisposable
    {
        private readonly string _path;

        private SmallDisk(string path) => _path = path;

        public static SmallDisk Mount(string path, int kilobytes = 256)
        {
            Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has tmpfs.");
            Directory.CreateDirectory(path);
            Assert.SkipUnless(Run("mount", "-t", "tmpfs", "-o", $"size={kilobytes}k", "tmpfs", path), "Mounting a file system is not permitted here.");
            return new SmallDisk(path);
        }

        public bool TryRemount(string mode) => Run("mount", "-o", $"remount,{mode}", _path);

        public void Dispose()
        {
            // Lazily: the destination of the test may still have its file open.
            Run("umount", "-l", _path);
        }

        private static bool Run(string command, params string[] arguments)
        {
            using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
    }
}
