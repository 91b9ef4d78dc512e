using System.Diagnostics;

namespace ExperimentFramework.DataPlane.Sqlite.Tests.EventTables;

/// <summary>A disk that is full or read-only, by mounting one: root may do that.</summary>
public sealed class EventDiskTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private bool _isMounted;

    private string Disk => _folder.File("disk");

    private string Path => System.IO.Path.Combine(Disk, "events.db");

    [Fact]
    public async Task A_full_disk_refuses_a_batch_as_a_whole_and_takes_it_once_there_is_space()
    {
        Mount("size=2m");
        using var backplane = new SqliteDataBackplane(Path);
        var filler = System.IO.Path.Combine(Disk, "filler");
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
        Mount("size=2m");
        using var backplane = new SqliteDataBackplane(Path);
        Fill();

        var health = await backplane.HealthAsync(TestContext.Current.CancellationToken);

        Assert.False(health.IsHealthy);
        Assert.Contains("disk of the SQLite file", health.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_leaves_nothing_in_the_file()
    {
        Mount("size=8m");
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
        Mount("size=2m");
        using (new SqliteDataBackplane(Path))
        {
        }

        using var backplane = new SqliteDataBackplane(Path);
        Run("umount", "-l", Disk);
        Run("mount", "-t", "tmpfs", "-o", "ro,size=2m", "tmpfs", Disk);

        var error = await Assert.ThrowsAsync<IOException>(() => backplane.DeliverAsync(SqliteEvents.Exposures(0, 5)));
        var health = await backplane.HealthAsync(TestContext.Current.CancellationToken);
        Run("mount", "-o", "remount,rw", Disk);
        await backplane.DeliverAsync(SqliteEvents.Exposures(0, 5));

        Assert.Matches("read-only|cannot be opened", error.Message);
        Assert.False(health.IsHealthy);
        Assert.Equal(5, StoredEventRows.Count(Path, "SELECT count(*) FROM exposures"));
    }

    [Fact]
    public void A_read_only_disk_stops_the_start_with_the_remedy()
    {
        Mount("size=2m");
        using (new SqliteDataBackplane(Path))
        {
        }

        Run("mount", "-o", "remount,ro", Disk);

        var error = Assert.Throws<InvalidOperationException>(() => new SqliteDataBackplane(Path));

        Assert.Contains(Path, error.Message, StringComparison.Ordinal);
        Assert.Contains("read-only", error.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        if (_isMounted)
        {
            Run("umount", "-l", Disk);
        }

        _folder.Dispose();
    }

    private void Mount(string options)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux mounts a tmpfs.");
        Directory.CreateDirectory(Disk);
        _isMounted = TryRun("mount", "-t", "tmpfs", "-o", options, "tmpfs", Disk) == 0;
        Assert.SkipUnless(_isMounted, "This user may not mount a tmpfs, so there is no small disk.");
    }

    /// <summary>Takes all the space that is left.</summary>
    private void Fill()
    {
        using var filler = File.Create(System.IO.Path.Combine(Disk, "rest"), bufferSize: 1);
        var page = new byte[4_096];
        try
        {
            while (filler.Length < 100_000_000)
            {
                filler.Write(page);
            }
        }
        catch (IOException)
        {
            // The disk is full.
        }
    }

    private static void Run(string command, params string[] arguments) => Assert.Equal(0, TryRun(command, arguments));

    private static int TryRun(string command, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }
}
