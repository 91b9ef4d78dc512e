using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Tests.Files;

/// <summary>Which finished files are deleted, and which are not.</summary>
public sealed class FileRetentionTests : IDisposable
{
    private static readonly DateTimeOffset Begin = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly EventFolder _folder = new();
    private readonly FakeTimeProvider _time = new(Begin);

    [Fact]
    public async Task Files_that_are_too_old_are_deleted_with_the_folders_that_become_empty()
    {
        var old = Leave("experiment=a/date=2026-02-01/", 1, Begin.AddDays(-8));
        var young = Leave("experiment=a/date=2026-02-28/", 2, Begin.AddDays(-1));
        var flat = Leave("", 3, Begin.AddDays(-9));
        await using var backplane = _folder.Open(new FileDataBackplaneOptions { RetentionAge = TimeSpan.FromDays(7) }, _time);

        await _time.AdvanceUntil(() => !_folder.Files.Contains(old) && !_folder.Files.Contains(flat), TimeSpan.FromSeconds(30));

        Assert.Equal([young], _folder.Files);
        await Eventually.Holds(() => _folder.Logs.Count == 1);
        Assert.False(Directory.Exists(_folder.Full("experiment=a/date=2026-02-01")));
        var line = Assert.Single(_folder.Logs.GetSnapshot());
        Assert.StartsWith("2 event files with ", line.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_clock_that_is_wrong_for_a_moment_deletes_nothing_and_one_that_stays_does()
    {
        var file = Leave("", 1, Begin);
        var clock = new TwoClocks { Now = Begin };
        var retention = new FileRetention(TimeSpan.FromDays(7), null, clock);
        Apply(TimeSpan.Zero, 0);
        Apply(TimeSpan.FromMinutes(1), 0);

        // A month ahead at one reading, right again at the next.
        Apply(TimeSpan.FromDays(30), 0);
        Apply(TimeSpan.FromDays(-30), 0);
        Assert.Equal([file], _folder.Files);

        Apply(TimeSpan.FromDays(30), 0);
        Apply(TimeSpan.FromMinutes(1), 1);
        Assert.Empty(_folder.Files);

        void Apply(TimeSpan later, int deleted)
        {
            clock.Now += later;
            clock.Monotonic += TimeSpan.FromMinutes(1);
            Assert.Equal(deleted, retention.Apply(_folder.Path).Files);
        }
    }

    [Fact]
    public async Task The_oldest_files_are_deleted_until_the_rest_is_small_enough()
    {
        var files = Enumerable.Range(0, 5).Select(number => Leave(number % 2 == 0 ? "" : "experiment=a/date=2026-02-28/", number, Begin.AddHours(number), bytes: 3_000)).ToList();
        await using var backplane = _folder.Open(new FileDataBackplaneOptions { RetentionBytes = 7_000, RollBytes = 4_096 }, _time);

        await Eventually.Holds(() => _folder.Files.Count == 2);

        Assert.Equal(files[3..].Order(StringComparer.Ordinal), _folder.Files);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void More_files_than_are_remembered_at_a_time_are_deleted_too(bool byAge)
    {
        var files = Enumerable.Range(0, 20).Select(number => Leave(number % 2 == 0 ? "" : $"experiment=e{number}/date=2026-02-28/", number, Begin.AddHours(number - 20), bytes: 1_000)).ToList();
        var retention = byAge ? new FileRetention(TimeSpan.FromHours(6.5), null, _time, maxHeld: 3) : new FileRetention(null, 6_000, _time, maxHeld: 3);
        Assert.Equal(byAge ? 0 : 14, retention.Apply(_folder.Path).Files);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(byAge ? (14, 14_000L) : (0, 0L), retention.Apply(_folder.Path));

        Assert.Equal(files[14..].Order(StringComparer.Ordinal), _folder.Files);
    }

    [Fact]
    public async Task What_is_being_written_and_what_is_not_of_the_journal_is_kept()
    {
        await using var living = _folder.Open();
        await living.PublishAsync(EventFolder.Events(0, 100), TestContext.Current.CancellationToken);
        var open = _folder.Files.Single();
        File.WriteAllText(_folder.Full("mine.jsonl"), new string('x', 100_000));
        var finished = Leave("", 1, Begin, bytes: 5_000);

        var deleted = new FileRetention(null, 4_096, _time).Apply(_folder.Path);

        Assert.Equal((1, 5_000), deleted);
        Assert.DoesNotContain(finished, _folder.Files);
        Assert.Equal(new[] { open, "mine.jsonl" }.Order(StringComparer.Ordinal), _folder.Files);
    }

    public void Dispose() => _folder.Dispose();

    private string Leave(string folder, int number, DateTimeOffset written, int bytes = 100)
    {
        var file = $"{folder}20260201T000000.0000000Z-{number:x32}.jsonl.gz";
        Directory.CreateDirectory(Path.GetDirectoryName(_folder.Full(file))!);
        File.WriteAllBytes(_folder.Full(file), new byte[bytes]);
        File.SetLastWriteTimeUtc(_folder.Full(file), written.UtcDateTime);
        return file;
    }

    /// <summary>A clock whose time of day is set while time passes as ever.</summary>
    private sealed class TwoClocks : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public TimeSpan Monotonic { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => Now;

        public override long GetTimestamp() => Monotonic.Ticks;
    }
}
