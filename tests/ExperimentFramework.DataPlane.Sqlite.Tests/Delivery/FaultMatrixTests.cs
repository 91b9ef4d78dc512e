namespace ExperimentFramework.DataPlane.Sqlite.Tests.Delivery;

/// <summary>
/// Whatever a destination does, whatever callers do when there is no room, and however it ends: every event is delivered,
/// counted as dropped, or in the outbox.
/// </summary>
public sealed class FaultMatrixTests : IDisposable
{
    private const int Events = 100;

    private readonly TemporaryFolder _folder = new();
    private readonly List<Exception> _unobserved = [];

    public FaultMatrixTests() => TaskScheduler.UnobservedTaskException += Observe;

    public enum Mode
    {
        Drop,
        Block,
        Outbox,
    }

    public enum End
    {
        Flush,
        HostStop,
        Dispose,
    }

    public static MatrixTheoryData<Fault, Mode, End> Cells { get; } =
        new(Enum.GetValues<Fault>(), Enum.GetValues<Mode>(), Enum.GetValues<End>());

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task Published_is_delivered_and_dropped_and_in_the_outbox(Fault fault, Mode mode, End end)
    {
        FaultyBackplane backplane = null!;
        var fixture = await DeliveryFixture.StartAsync(
            time => backplane = new FaultyBackplane(fault, time),
            options =>
            {
                (options.MaxQueueSize, options.BatchSize) = (40, 10);
                // Ten batches wait for every attempt: with the defaults, half an hour of virtual time.
                (options.PublishTimeout, options.Retry.MaxDelay) = (TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2));
                if (mode == Mode.Block)
                {
                    options.FailureMode = BackplaneFailureMode.Block;
                    options.RequiredDestinations.Add(nameof(FaultyBackplane));
                }
            },
            mode == Mode.Outbox ? _folder.File("outbox.db") : null);
        var account = fixture.OpenAccount();

        await fixture.PassUntil(PublishAsync(fixture));
        var task = end switch
        {
            End.Flush => fixture.FlushAsync(),
            End.HostStop => fixture.StopAsync(),
            _ => Task.CompletedTask,
        };
        await task;
        if (end == End.Flush)
        {
            await BalanceAsync(account);
        }

        await fixture.DisposeAsync();
        await BalanceAsync(account);
        var taken = backplane.Taken.Select(envelope => envelope.EventId).ToHashSet();
        Assert.True(account.Delivered <= taken.Count, $"{account.Delivered} counted as delivered, {taken.Count} taken.");
        if (fault != Fault.FailsAfterPartialSuccess)
        {
            Assert.Equal(taken.Count, backplane.Taken.Count);
        }

        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.Empty(_unobserved);
    }

    [Theory]
    [InlineData(Fault.Slow, Mode.Block)]
    [InlineData(Fault.ThrowsOnce, Mode.Block)]
    [InlineData(Fault.FailsAfterPartialSuccess, Mode.Block)]
    [InlineData(Fault.Slow, Mode.Outbox)]
    [InlineData(Fault.ThrowsOnce, Mode.Outbox)]
    [InlineData(Fault.ThrowsForAMinute, Mode.Outbox)]
    [InlineData(Fault.ThrowsForEver, Mode.Outbox)]
    [InlineData(Fault.Hangs, Mode.Outbox)]
    [InlineData(Fault.FailsAfterPartialSuccess, Mode.Outbox)]
    public async Task What_can_be_kept_is_not_dropped(Fault fault, Mode mode)
    {
        await using var fixture = await DeliveryFixture.StartAsync(
            time => new FaultyBackplane(fault, time),
            options =>
            {
                (options.MaxQueueSize, options.BatchSize) = (400, 10);
                if (mode == Mode.Block)
                {
                    options.FailureMode = BackplaneFailureMode.Block;
                    options.RequiredDestinations.Add(nameof(FaultyBackplane));
                }
            },
            mode == Mode.Outbox ? _folder.File("outbox.db") : null);
        var account = fixture.OpenAccount();

        await fixture.PassUntil(PublishAsync(fixture));
        await fixture.FlushAsync();

        Assert.Equal(0, account.Dropped);
        await BalanceAsync(account);
    }

    [Theory]
    [InlineData(Mode.Drop, 1, 0)]
    [InlineData(Mode.Outbox, 0, 1)]
    public async Task One_poison_event_does_not_sink_its_neighbours_and_waits_in_an_outbox_until_it_is_too_old(Mode mode, int dropped, int kept)
    {
        FaultyBackplane backplane = null!;
        await using var fixture = await DeliveryFixture.StartAsync(
            time => backplane = new FaultyBackplane(Fault.FailsOnePoisonEvent, time),
            options => (options.MaxQueueSize, options.BatchSize) = (400, 10),
            mode == Mode.Outbox ? _folder.File("outbox.db") : null);
        var account = fixture.OpenAccount();

        await PublishAsync(fixture);
        await fixture.FlushAsync();
        await fixture.PassUntil(() => account.Delivered == Events - 1 && account.InOutbox == kept);

        Assert.Equal(dropped, account.Dropped);
        var rows = new Dictionary<string, object>();
        fixture.Drops.Describe(rows);
        Assert.Equal(mode == Mode.Drop, rows.ContainsKey("dropped:exp/b/Exposure/retries_exhausted"));
        Assert.Equal(
            [.. Enumerable.Range(0, Events).Where(i => i != Events / 2).Select(i => $"u{i}")],
            backplane.Taken.Select(envelope => ((ExposureEvent)envelope.Payload).SubjectId));
    }

    public void Dispose()
    {
        TaskScheduler.UnobservedTaskException -= Observe;
        _folder.Dispose();
    }

    private static async Task PublishAsync(DeliveryFixture fixture)
    {
        await fixture.PublishAsync(Events / 2);
        await fixture.Publisher.PublishAsync(fixture.Exposure(FaultyBackplane.Poison));
        await fixture.PublishAsync((Events / 2) - 1, (Events / 2) + 1);
    }

    /// <summary>What leaves the outbox is counted as delivered a moment before it is removed there, and a batch that was abandoned a moment after the end.</summary>
    private static Task BalanceAsync(Account account) => Eventually.Holds(() => account.Published == Events && account.IsBalanced);

    private void Observe(object? sender, UnobservedTaskExceptionEventArgs unobserved)
    {
        lock (_unobserved)
        {
            _unobserved.Add(unobserved.Exception);
        }
    }
}
