namespace ExperimentFramework.DataPlane.Sqlite.Tests.EventTables;

/// <summary>A disk that is full or read-only, by mounting one: root may do that.</summary>
public sealed class EventDiskTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SmallDisk _disk;

    public EventDiskTests() => _disk = new SmallDisk(_folder.File("disk"));

    private string Path => _disk.File("events.db");

    [Fact]
    public async Task A_full_disk_refuses_a_batch_as_a_whole_and_takes_it_once_there_is_space()
    {
        _disk.Mount("size=2m");
        using var backplane = new SqliteDataBackplane(Path);
        var filler = _disk.File("filler");
        await File.WriteAllBytesAsync(filler, new byte[1_300_000], TestContext.Current.CancellationToken);
        var stored = 0;
        IOException? error = null;
        while (error is null && stored < 100_000)
        {
            try
            {
                await backplane.DeliverAsync(SqliteEvents.Exposures(stored, 100));
                stored += 100;
            }
            catch (IOException full)
            {
                error = full;
            }
        }

        Assert.Contains("disk of the SQLite file", error!.Message, StringComparison.Ordinal);
        Assert.InRange(stored, 100, 20_000);
        Assert.Equal(stored, StoredEventRows.Count(Path, "SELECT count(*) FROM exposures"));
        await Assert.ThrowsAsync<IOException>(() => backplane.DeliverAsync(SqliteEvents.Exposures(stored, 100)));
        var health = await backplane.HealthAsync(TestContext.Current.CancellationToken);
        Assert.False(health.IsHealthy);
        Assert.Contains("disk of the SQLite file", health.Description, StringComparison.Ordinal);

        File.Delete(filler);
        Assert.True((await backplane.HealthAsync(TestContext.Current.CancellationToken)).IsHealthy);
        await backplane.DeliverAsync(SqliteEvents.Exposures(stored, 100));

        Assert.Equal(stored + 100, StoredEventRows.Count(Path, "SELECT count(*) FROM exposures"));
        Assert.Equal("ok", StoredEventRows.Query(Path, "PRAGMA integrity_check").Single()[0]);
    }

    [Fact]
    public async Task A_disk_that_is_full_before_an_event_is_written_shows_in_health()
    {
        _disk.Mount("size=2m");
        using var backplane = new SqliteDataBackplane(Path);
        _disk.Fill();

        var health = await backplane.HealthAsync(TestContext.Current.CancellationToken);

        Assert.False(health.IsHealthy);
        Assert.Contains("disk of the SQLite file", health.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_leaves_nothing_in_the_file()
    {
        _disk.Mount("size=8m");
        using var backplane = new SqliteDataBackplane(Path);
        await backplane.DeliverAsync(SqliteEvents.Exposures(0, 5));
        for (var i = 0; i < 20; i++)
        {
            Assert.True((await backplane.HealthAsync(TestContext.Current.CancellationToken)).IsHealthy);
        }

        await backplane.DeliverAsync(SqliteEvents.Exposures(5, 5));

        Assert.Empty(StoredEventRows.Query(Path, "SELECT name FROM sqlite_master WHERE name LIKE '%probe%'"));
        Assert.Equal(10, StoredEventRows.Count(Path, "SELECT count(*) FROM exposures"));
        Assert.Equal("ok", StoredEventRows.Query(Path, "PRAGMA integrity_check").Single()[0]);
        Assert.InRange(new FileInfo(Path + "-wal").Length, 1, 2_000_000);
    }

    [Fact]
    public async Task A_disk_that_became_read_only_fails_with_the_remedy_until_it_can_be_written_again()
    {
        _disk.Mount("size=2m");
        using (new SqliteDataBackplane(Path))
        {
        }

        using var backplane = new SqliteDataBackplane(Path);
        _disk.Unmount();
        _disk.Mount("ro,size=2m");

        var error = await Assert.ThrowsAsync<IOException>(() => backplane.DeliverAsync(SqliteEvents.Exposures(0, 5)));
        var health = await backplane.HealthAsync(TestContext.Current.CancellationToken);
        _disk.Remount("rw");
        await backplane.DeliverAsync(SqliteEvents.Exposures(0, 5));

        Assert.Matches("read-only|cannot be opened", error.Message);
        Assert.False(health.IsHealthy);
        Assert.Equal(5, StoredEventRows.Count(Path, "SELECT count(*) FROM exposures"));
    }

    [Fact]
    public void A_read_only_disk_stops_the_start_with_the_remedy()
    {
        _disk.Mount("size=2m");
        using (new SqliteDataBackplane(Path))
        {
        }

        _disk.Remount("ro");

        var error = Assert.Throws<InvalidOperationException>(() => new SqliteDataBackplane(Path));

        Assert.Contains(Path, error.Message, StringComparison.Ordinal);
        Assert.Contains("read-only", error.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _disk.Dispose();
        _folder.Dispose();
    }
}
