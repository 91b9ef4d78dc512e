using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Tests.Files;

/// <summary>When a file is finished, what it is called and what becomes of it.</summary>
public sealed class FileRollTests : IDisposable
{
    private readonly EventFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_file_is_created_before_the_first_event()
    {
        await using (_folder.Open())
        {
        }

        Assert.Empty(_folder.Files);
    }

    [Fact]
    public async Task A_file_that_is_being_written_has_another_name_and_all_accepted_events()
    {
        await using var backplane = _folder.Open(time: _time);

        await backplane.PublishAsync(EventFolder.Events(0, 3), Token);

        Assert.Matches("^20260301T120000\\.0000000Z-[0-9a-f]{32}\\.jsonl\\.open$", Assert.Single(_folder.Files));
        Assert.Equal([0, 1, 2], await _folder.ReadNumbersAsync());
    }

    [Fact]
    public async Task A_file_is_finished_when_it_is_large_enough()
    {
        await using var backplane = _folder.Open(new FileDataBackplaneOptions { Compression = FileCompression.None, RollBytes = 4_096 }, _time);

        for (var i = 0; i < 100; i++)
        {
            await backplane.PublishAsync(EventFolder.Events(i, 1)[0], Token);
        }

        var finished = _folder.Files.Where(file => file.EndsWith(".jsonl", StringComparison.Ordinal)).ToList();
        Assert.InRange(finished.Count, 5, 15);
        Assert.All(finished, file => Assert.InRange(_folder.Text(file).Length, 4_096, 4_096 + 1_000));
        Assert.Equal(Enumerable.Range(0, 100), (await _folder.ReadNumbersAsync()).Order());
    }

    [Fact]
    public async Task A_file_is_finished_when_it_is_old_enough_also_without_another_event()
    {
        await using var backplane = _folder.Open(new FileDataBackplaneOptions { Compression = FileCompression.None, RollInterval = TimeSpan.FromMinutes(10) }, _time);
        await backplane.PublishAsync(EventFolder.Events(0, 1), Token);

        _time.Advance(TimeSpan.FromMinutes(9));
        Assert.EndsWith(".jsonl.open", Assert.Single(_folder.Files), StringComparison.Ordinal);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.EndsWith(".jsonl", Assert.Single(_folder.Files), StringComparison.Ordinal);

        // The interval of the next file begins with its first event.
        _time.Advance(TimeSpan.FromMinutes(9));
        await backplane.PublishAsync(EventFolder.Events(1, 1), Token);
        _time.Advance(TimeSpan.FromMinutes(9));
        Assert.Contains(_folder.Files, file => file.EndsWith(".open", StringComparison.Ordinal));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.DoesNotContain(_folder.Files, file => file.EndsWith(".open", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_file_is_finished_at_the_end(bool isAsync)
    {
        var backplane = _folder.Open(time: _time);
        await backplane.PublishAsync(EventFolder.Events(0, 2), Token);

        if (isAsync)
        {
            await backplane.DisposeAsync();
        }
        else
        {
            backplane.Dispose();
        }

        Assert.EndsWith(".jsonl", Assert.Single(_folder.Files), StringComparison.Ordinal);
        Assert.Equal([0, 1], await _folder.ReadNumbersAsync());
    }

    [Fact]
    public async Task Finished_files_are_compressed_and_the_end_waits_for_it()
    {
        var backplane = _folder.Open(new FileDataBackplaneOptions());
        await backplane.PublishAsync(EventFolder.Events(0, 1_000), Token);
        var length = new FileInfo(_folder.Full(_folder.Files.Single())).Length;

        await backplane.DisposeAsync();

        var file = Assert.Single(_folder.Files);
        Assert.EndsWith(".jsonl.gz", file, StringComparison.Ordinal);
        Assert.InRange(new FileInfo(_folder.Full(file)).Length, 1, length / 5);
        Assert.Equal(Enumerable.Range(0, 1_000), await _folder.ReadNumbersAsync());
    }

    [Fact]
    public async Task A_file_that_nobody_converted_is_converted_at_the_next_start()
    {
        using (var backplane = _folder.Open(new FileDataBackplaneOptions()))
        {
            // Finished by the synchronous end, which does not wait.
            await backplane.PublishAsync(EventFolder.Events(0, 3), Token);
        }

        var time = new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        await using var next = _folder.Open(new FileDataBackplaneOptions(), time);

        // The first one may still have the folder's lock when the next one asks for it, which asks again after a minute.
        await time.AdvanceUntil(() => _folder.Files is [var file] && file.EndsWith(".jsonl.gz", StringComparison.Ordinal), TimeSpan.FromSeconds(30));
        Assert.Equal([0, 1, 2], await _folder.ReadNumbersAsync());
    }

    [Fact]
    public async Task A_clock_that_goes_back_an_hour_neither_reuses_names_nor_loses_events()
    {
        var options = EventFolder.Uncompressed();
        for (var hour = 3; hour > 0; hour--)
        {
            var time = new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, hour, 0, 0, TimeSpan.Zero));
            await using var backplane = _folder.Open(options, time);
            await backplane.PublishAsync(EventFolder.Events(hour, 1, time: time.GetUtcNow()), Token);
        }

        var clock = new SetBackClock();
        await using (var backplane = _folder.Open(new FileDataBackplaneOptions { Compression = FileCompression.None, RollBytes = 4_096 }, clock))
        {
            for (var number = 10; number < 40; number++)
            {
                await backplane.PublishAsync(EventFolder.Events(number, 1), Token);
                clock.Now = clock.Now.AddHours(-1);
            }
        }

        Assert.True(_folder.Files.Count > 4);
        Assert.Equal([1, 2, 3, .. Enumerable.Range(10, 30)], (await _folder.ReadNumbersAsync()).Order());
    }

    [Fact]
    public async Task Several_destinations_share_a_folder()
    {
        var options = new FileDataBackplaneOptions { RollBytes = 4_096 };
        var backplanes = Enumerable.Range(0, 4).Select(_ => _folder.Open(options)).ToList();

        await Task.WhenAll(backplanes.Select((backplane, index) => Task.Run(
            async () =>
            {
                for (var i = 0; i < 50; i++)
                {
                    await backplane.PublishAsync(EventFolder.Events((index * 1_000) + (i * 10), 10), Token);
                }
            },
            Token)));
        Assert.Equal(2_000, (await _folder.ReadNumbersAsync()).Distinct().Count());
        foreach (var backplane in backplanes)
        {
            await backplane.DisposeAsync();
        }

        var numbers = await _folder.ReadNumbersAsync();
        Assert.Equal(2_000, numbers.Count);
        Assert.Equal(2_000, numbers.Distinct().Count());
    }

    [Fact]
    public async Task Files_and_folders_can_be_read_by_their_owner_alone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "On Windows the access rules of the folder apply.");
        foreach (var layout in Enum.GetValues<FileLayout>())
        {
            await using var backplane = _folder.Open(new FileDataBackplaneOptions { Layout = layout });
            await backplane.PublishAsync(EventFolder.Events(0, 1), Token);
            AssertPrivate();
        }

        AssertPrivate();

        void AssertPrivate()
        {
            const UnixFileMode others = ~(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            var modes = Directory.EnumerateFileSystemEntries(_folder.Path, "*", SearchOption.AllDirectories).Append(_folder.Path)
                .Select(path => (path, OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(path)));
            Assert.All(modes, entry => Assert.Equal(default, entry.Item2 & others));
        }
    }

    [Fact]
    public async Task An_event_costs_no_memory()
    {
        await using var backplane = _folder.Open();
        var events = EventFolder.Events(0, 500);
        for (var i = 0; i < 50; i++)
        {
            await backplane.PublishAsync(events, Token);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 50; i++)
        {
            await backplane.PublishAsync(events, Token);
        }

        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / (50.0 * events.Length), 0, 1);
    }

    public void Dispose() => _folder.Dispose();

    private sealed class SetBackClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
