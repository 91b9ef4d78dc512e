namespace ExperimentFramework.DataPlane.Sqlite.Tests.Delivery;

/// <summary>
/// A destination is down for ten minutes, of virtual time, at 100,000 events a minute. With an outbox at a tenth of that, unless
/// <c>DATAPLANE_STRESS_SECONDS</c> is set: a million events take half a minute to write and to read.
/// </summary>
[Collection(nameof(MeasuresMemory))]
public sealed class OutageTests
{
    private const int Minutes = 10;
    private const int PerSecond = 1_667;
    private const long LargestEmptyOutbox = 1_000_000;

    [Fact]
    public async Task Without_an_outbox_memory_stays_flat_at_the_bound_and_the_drops_are_accounted_for_per_variant()
    {
        const int Published = Minutes * 60 * PerSecond;
        OrderCheckingBackplane backplane = null!;
        await using var fixture = await DeliveryFixture.StartAsync(_ => backplane = new OrderCheckingBackplane(), _ => { });
        var account = fixture.OpenAccount();
        var memory = new List<long>();

        await PublishThroughOutageAsync(fixture, PerSecond, () => memory.Add(GC.GetTotalMemory(forceFullCollection: true)));
        backplane.IsUp = true;
        await fixture.FlushAsync();

        // The first minute still holds what the tests before it left behind.
        Assert.True(memory.Skip(1).Max() - memory[1] < 2_000_000, $"Bytes at the end of each minute: {string.Join(", ", memory)}.");
        Assert.Equal(Published, account.Published);
        Assert.Equal(Published, account.Delivered + account.Dropped);
        var rows = new Dictionary<string, object>();
        fixture.Drops.Describe(rows);
        foreach (var variant in (string[])["a", "b"])
        {
            var dropped = rows.Where(row => row.Key.StartsWith($"dropped:exp/{variant}/", StringComparison.Ordinal)).Sum(row => (long)row.Value);
            Assert.Equal(variant == "a" ? Published - (Published / 3) : Published / 3, dropped + backplane.Taken(variant));
        }
    }

    [Fact(Timeout = 300_000)]
    public async Task With_an_outbox_nothing_is_lost_and_the_order_is_kept()
    {
        var perSecond = StressTests.IsLong ? PerSecond : PerSecond / 10;
        var published = Minutes * 60 * perSecond;
        using var folder = new TemporaryFolder();
        OrderCheckingBackplane backplane = null!;
        await using var fixture = await DeliveryFixture.StartAsync(
            _ => backplane = new OrderCheckingBackplane(), _ => { }, folder.File("outbox.db"), options => options.MaxBytes = 2L * 1024 * 1024 * 1024);
        var account = fixture.OpenAccount();

        await PublishThroughOutageAsync(fixture, perSecond, () => { });
        await fixture.FlushAsync();
        Assert.Equal((0, published), (account.Dropped, account.InOutbox));

        // Not between the last attempt of the oldest event and the attempt of the next one, which would then be delivered first.
        await fixture.PassUntil(() => fixture.Publisher.Pipeline.IsResting, TimeSpan.Zero);
        backplane.IsUp = true;

        // The next attempt may be as far away as the longest delay between two.
        await fixture.PassUntil(() => account.Delivered > 0, TimeSpan.FromMilliseconds(100));

        // In small steps: time is not to run away from a worker that has a million events to read.
        await fixture.PassUntil(() => account.InOutbox == 0, TimeSpan.FromMilliseconds(1));

        // The worker makes the file smaller after it has counted its last batch, and no virtual time has to pass for that.
        await fixture.PassUntil(
            () =>
            {
                TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
                return new FileInfo(folder.File("outbox.db")).Length <= LargestEmptyOutbox;
            },
            TimeSpan.Zero);

        Assert.Equal((published, 0), (account.Delivered, account.Dropped));
        Assert.True(backplane.IsInOrder);
    }

    private static async Task PublishThroughOutageAsync(DeliveryFixture fixture, int perSecond, Action eachMinute)
    {
        var number = 0;
        for (var second = 0; second < Minutes * 60; second++)
        {
            for (var i = 0; i < perSecond; i++, number++)
            {
                fixture.Publisher.Write(fixture.Exposure($"{number}", number % 3 == 2 ? "b" : "a"), new EnqueueWait(WaitMode.Thread, CancellationToken.None));
            }

            fixture.Time.Advance(TimeSpan.FromSeconds(1));
            await fixture.PassUntil(() => fixture.Publisher.Pipeline.Pending == 0, TimeSpan.Zero);
            if (second % 60 == 59)
            {
                eachMinute();
            }
        }
    }

    private sealed class OrderCheckingBackplane : AcceptingBackplane
    {
        private readonly Dictionary<string, int> _taken = [];
        private long _last = -1;

        public volatile bool IsUp;

        public bool IsInOrder { get; private set; } = true;

        public int Taken(string variant) => _taken.GetValueOrDefault(variant);

        public override ValueTask PublishAsync(DataPlaneEnvelope envelope, CancellationToken cancellationToken = default)
        {
            if (!IsUp)
            {
                throw new IOException("down");
            }

            var exposure = (ExposureEvent)envelope.Payload;
            var number = long.Parse(exposure.SubjectId!, System.Globalization.CultureInfo.InvariantCulture);
            IsInOrder &= number > _last;
            _last = number;
            _taken[exposure.VariantKey] = Taken(exposure.VariantKey) + 1;
            return ValueTask.CompletedTask;
        }
    }
}
