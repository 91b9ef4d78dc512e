using System.Diagnostics;
using System.Globalization;
using ExperimentFramework.DataPlane.Tests.Delivery;
using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Parquet.Tests;

/// <summary>Disks that are full, folders that cannot be written to, clocks that go back, and many experiments.</summary>
public sealed class DiskTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_conversion_that_a_full_disk_stops_is_done_when_there_is_space_and_events_are_there_once()
    {
        Assert.SkipUnless(
            Environment.IsPrivilegedProcess && await RunAsync("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", _folder.Path) == 0,
            "A small file system cannot be mounted here: that needs root and the right to mount.");
        try
        {
            var events = Events(3_000, experiments: 3);
            await using (var backplane = Create())
            {
                Assert.Null((await backplane.PublishAsync(events, Token)).Error);
                FillDisk();

                _time.Advance(TimeSpan.FromMinutes(15));
                await Eventually.Holds(async () => await HealthAsync(backplane) is { IsDegraded: true } health && health.Description!.Contains("-0000.parquet' could not be written", StringComparison.Ordinal));

                File.Delete(_folder.File("ballast"));
                await Eventually.Holds(() => !JournalFiles.Any(), () =>
                {
                    _time.Advance(TimeSpan.FromMinutes(1));
                    return Task.Delay(20, Token);
                });

                // The last file is deleted before the check of the folder has ended.
                await Eventually.Holds(async () => await HealthAsync(backplane) is { IsHealthy: true, IsDegraded: false });
            }

            await AssertOnceAsync(events);
            Assert.Empty(Directory.EnumerateFiles(_folder.Path, "*.tmp", SearchOption.AllDirectories));
        }
        finally
        {
            await RunAsync("umount", "--lazy", _folder.Path);
        }
    }

    [Fact]
    public async Task A_disk_that_becomes_read_only_is_a_transient_failure_and_events_are_written_when_it_is_not()
    {
        Assert.SkipUnless(
            Environment.IsPrivilegedProcess && await RunAsync("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", _folder.Path) == 0,
            "A small file system cannot be mounted here: that needs root and the right to mount.");
        try
        {
            var events = Events(20, experiments: 2);
            await using (var backplane = Create())
            {
                Assert.Null((await backplane.PublishAsync(events.AsSpan(0, 10).ToArray(), Token)).Error);

                // A file that is open for writing keeps a disk writable.
                _time.Advance(TimeSpan.FromMinutes(15));
                await Eventually.Holds(async () => !JournalFiles.Any() && await RunAsync("mount", "-o", "remount,ro", _folder.Path) == 0);

                var refused = await backplane.PublishAsync(events.AsSpan(10).ToArray(), Token);
                Assert.Equal($"The folder '{_folder.File("journal")}' is on a file system that is mounted read-only. Mount it for writing.", refused.Error?.Message);
                Assert.All(Enumerable.Range(0, 10), index => Assert.Equal(DeliveryStatus.TransientFailure, refused[index]));
                Assert.Equal(refused.Error?.Message, (await HealthAsync(backplane)).Description);

                Assert.Equal(0, await RunAsync("mount", "-o", "remount,rw", _folder.Path));
                Assert.Null((await backplane.PublishAsync(events.AsSpan(10).ToArray(), Token)).Error);
                Assert.True((await HealthAsync(backplane)).IsHealthy);
            }

            await AssertOnceAsync(events);
        }
        finally
        {
            await RunAsync("umount", "--lazy", _folder.Path);
        }
    }

    [Fact]
    public async Task A_folder_that_is_removed_is_a_transient_failure_and_events_are_written_when_it_is_back()
    {
        var events = Events(10, experiments: 1);
        await using (var backplane = Create())
        {
            Assert.Null((await backplane.PublishAsync(Events(1, experiments: 1), Token)).Error);
            Directory.Delete(_folder.File("journal"), recursive: true);

            var refused = await backplane.PublishAsync(events, Token);
            Assert.Contains(_folder.File("journal"), refused.Error?.Message, StringComparison.Ordinal);
            Assert.Equal(DeliveryStatus.TransientFailure, refused[0]);
            Assert.False((await HealthAsync(backplane)).IsHealthy);

            Directory.CreateDirectory(_folder.File("journal"));
            Assert.Null((await backplane.PublishAsync(events, Token)).Error);
        }

        await AssertOnceAsync(events);
    }

    [Fact]
    public async Task A_clock_that_goes_back_an_hour_loses_and_doubles_nothing()
    {
        var events = Events(200, experiments: 2);
        var clock = new ClockThatGoesBack();
        await using (var backplane = new ParquetDataBackplane(_folder.Path, new ParquetDataBackplaneOptions { RollBytes = 64 * 1024 }, timeProvider: clock))
        {
            foreach (var batch in events.Chunk(20))
            {
                Assert.Null((await backplane.PublishAsync(batch, Token)).Error);
                clock.GoBack();
            }
        }

        await AssertOnceAsync(events);
    }

    [Fact]
    public async Task Any_number_of_partitions_is_written_and_what_the_end_cuts_off_is_written_at_the_next_start()
    {
        var events = Events(300, experiments: 150);
        await using (var backplane = new ParquetDataBackplane(_folder.Path, new ParquetDataBackplaneOptions { Layout = FileLayout.Partitioned }))
        {
            Assert.Null((await backplane.PublishAsync(events, Token)).Error);
        }

        await using (new ParquetDataBackplane(_folder.Path, new ParquetDataBackplaneOptions { Layout = FileLayout.Partitioned }))
        {
            await Eventually.Holds(() => !JournalFiles.Any());
        }

        Assert.Equal(150, Directory.GetFiles(_folder.Path, "*.parquet", SearchOption.AllDirectories).Length);
        await AssertOnceAsync(events);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private IEnumerable<string> JournalFiles => Directory.EnumerateFiles(_folder.File("journal"), "*.jsonl*");

    private static ValueTask<BackplaneHealth> HealthAsync(ParquetDataBackplane backplane) => backplane.HealthAsync(Token);

    private static DataPlaneEnvelope[] Events(int count, int experiments) => [.. Enumerable.Range(0, count).Select(number => SampleEvents.Envelope(
        SampleEvents.Exposure with { ExperimentName = string.Create(CultureInfo.InvariantCulture, $"e{number % experiments}"), SubjectId = Guid.NewGuid().ToString() }))];

    private ParquetDataBackplane Create() => new(_folder.Path, timeProvider: _time);

    /// <summary>Leaves space for the health check, and none for Parquet files.</summary>
    private void FillDisk()
    {
        var left = new DriveInfo(_folder.Path).AvailableFreeSpace - (16 * 1024);
        using var ballast = File.Create(_folder.File("ballast"));
        ballast.Write(new byte[left]);
    }

    private async Task AssertOnceAsync(IEnumerable<DataPlaneEnvelope> events) =>
        Assert.Equal(events.Select(envelope => envelope.EventId).Order(), (await WrittenEvents.ReadAsync(_folder.Path)).Select(envelope => envelope.EventId).Order());

    private static async Task<int> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        await process.WaitForExitAsync(Token);
        return process.ExitCode;
    }

    private sealed class ClockThatGoesBack : TimeProvider
    {
        private TimeSpan _behind;

        public void GoBack() => _behind += TimeSpan.FromHours(1);

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() - _behind;
    }
}
