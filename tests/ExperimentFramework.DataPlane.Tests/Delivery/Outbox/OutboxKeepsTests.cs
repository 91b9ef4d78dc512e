using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Tests.Delivery;

/// <summary>An outbox loses nothing that would not be lost without one, whatever the destination and the disk do.</summary>
public sealed class OutboxKeepsTests
{
    private const int Events = 500;
    private const int Rounds = 4;

    /// <summary>A step or two of the clock: how long retries wait is not what these tests are about.</summary>
    private static readonly (TimeSpan Base, TimeSpan Max) ShortDelays = (TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(200));

    /// <summary>What the destination's events are stored under.</summary>
    private static readonly string Key = typeof(FlakyBackplane).ToString();

    public enum Disk
    {
        Full,
        Fails,
    }

    [Theory]
    [InlineData(Disk.Full)]
    [InlineData(Disk.Fails)]
    public async Task What_the_outbox_refuses_stays_on_its_way_with_its_retries(Disk disk)
    {
        var backplane = new FlakyBackplane(call => call % 4 == 3);
        await using var fixture = Start(backplane, new LimitedOutbox(disk));

        await PublishAsync(fixture);

        Assert.Equal(0, fixture.Get<DropLedger>().Lost);
        Assert.Equal(Events, backplane.Taken.Count);
    }

    [Fact]
    public async Task A_destination_that_fails_half_of_its_calls_loses_nothing_with_an_outbox()
    {
        var random = new Random(11);
        var backplane = new FlakyBackplane(_ => random.Next(2) == 0);
        await using var fixture = Start(backplane, new LimitedOutbox(null));

        for (var round = 0; round < Rounds; round++)
        {
            await PublishAsync(fixture);
        }

        await fixture.Time.AdvanceUntil(() => backplane.Taken.Count == Rounds * Events, TimeSpan.FromSeconds(1));
        Assert.Equal(0, fixture.Get<DropLedger>().Lost);
        Assert.Equal(0, fixture.Get<IEventOutbox>().Count(Key));
    }

    [Fact]
    public async Task An_event_that_fails_again_and_again_waits_in_the_outbox_and_holds_nobody_up()
    {
        var poison = SampleEvents.Exposure with { SubjectId = "poison" };
        var backplane = new FlakyBackplane(_ => false) { Refuses = subject => subject == "poison" };
        await using var fixture = Start(backplane, new LimitedOutbox(null));
        await fixture.Get<IEventPublisher>().PublishAsync(poison);

        await PublishAsync(fixture);
        await fixture.Time.AdvanceUntil(() => backplane.Taken.Count == Events);
        Assert.Equal((0, 1), (fixture.Get<DropLedger>().Lost, fixture.Get<IEventOutbox>().Count(Key)));

        // Tried again on its own, without a new event.
        backplane.Refuses = _ => false;
        await fixture.Time.AdvanceUntil(() => backplane.Taken.Count == Events + 1, TimeSpan.FromSeconds(1));
        await fixture.Time.AdvanceUntil(() => fixture.Get<IEventOutbox>().Count(Key) == 0);
    }

    [Fact]
    public async Task A_full_outbox_of_a_destination_that_is_down_does_not_hold_up_the_other_destinations()
    {
        var down = new FlakyBackplane(_ => true);
        var other = new RecordingBackplane();
        await using var fixture = DataPlaneFixture.Bare(
            options =>
            {
                (options.MaxQueueSize, options.BatchSize, options.EnableErrorEvents) = (20, 5, false);
                (options.Retry.BaseDelay, options.Retry.MaxDelay) = ShortDelays;
            },
            services => services.AddSingleton<IDataBackplane>(down).AddSingleton<IDataBackplane>(other).AddSingleton<IEventOutbox>(new LimitedOutbox(Disk.Full, Key)));

        for (var i = 0; i < 200; i++)
        {
            await fixture.Get<IEventPublisher>().PublishAsync(SampleEvents.Exposure);
            await fixture.Time.AdvanceUntil(() => fixture.Get<DeliveryPipeline>().Pending == 0);
        }

        await other.Reached(200);
        Assert.InRange(fixture.Dropped("exp", "b", DropReasons.OutboxFull), 1, 200);
    }

    private static DataPlaneFixture Start(IDataBackplane backplane, IEventOutbox outbox) => DataPlaneFixture.Bare(
        options =>
        {
            (options.MaxQueueSize, options.BatchSize, options.EnableErrorEvents) = (1_000, 10, false);
            (options.Retry.BaseDelay, options.Retry.MaxDelay) = ShortDelays;
        },
        services => services.AddSingleton(backplane).AddSingleton(outbox));

    private static async Task PublishAsync(DataPlaneFixture fixture)
    {
        for (var i = 0; i < Events; i++)
        {
            await fixture.Get<IEventPublisher>().PublishAsync(SampleEvents.Exposure);
        }

        await fixture.Time.AdvanceUntil(fixture.Get<IEventPublisher>().FlushAsync().AsTask());
    }

    private sealed class FlakyBackplane(Func<int, bool> fails) : BatchBackplane
    {
        private readonly System.Collections.Concurrent.ConcurrentQueue<DataPlaneEnvelope> _taken = new();
        private int _calls;

        public Func<string?, bool> Refuses { get; set; } = _ => false;

        public IReadOnlyCollection<DataPlaneEnvelope> Taken => _taken;

        public override ValueTask<BatchResult> PublishAsync(IReadOnlyList<DataPlaneEnvelope> envelopes, CancellationToken cancellationToken = default)
        {
            if (fails(_calls++) || envelopes.Any(envelope => Refuses(((ExposureEvent)envelope.Payload).SubjectId)))
            {
                throw new IOException("down");
            }

            foreach (var envelope in envelopes)
            {
                _taken.Enqueue(envelope);
            }

            return ValueTask.FromResult(BatchResult.Delivered);
        }
    }

    private sealed class LimitedOutbox(Disk? disk, string? only = null) : IEventOutbox
    {
        private readonly Lock _lock = new();
        private readonly List<(string Destination, QueuedEnvelope Queued)> _stored = [];

        public long NextPosition(string destination) => 0;

        public long Count(string destination)
        {
            lock (_lock)
            {
                return _stored.Count(stored => stored.Destination == destination);
            }
        }

        public int Append(string destination, IReadOnlyList<QueuedEnvelope> events, OutboxDropHandler lost)
        {
            if (disk is not null && (only is null || only == destination))
            {
                return disk == Disk.Full ? 0 : throw new IOException("disk full");
            }

            lock (_lock)
            {
                _stored.AddRange(events.Select(queued => (destination, queued)));
                return events.Count;
            }
        }

        public void Read(string destination, List<QueuedEnvelope> into, int max, OutboxDropHandler lost)
        {
            lock (_lock)
            {
                into.AddRange(_stored.Where(stored => stored.Destination == destination).Select(stored => stored.Queued).OrderBy(queued => queued.Position).Take(max));
            }
        }

        public void Remove(string destination, IReadOnlyList<QueuedEnvelope> events)
        {
            lock (_lock)
            {
                _stored.RemoveAll(stored => stored.Destination == destination && events.Contains(stored.Queued));
            }
        }
    }
}
