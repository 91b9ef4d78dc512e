using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Tests.Delivery;

/// <summary>A drop is counted before its event counts as published, so that an account never promises an event that has been dropped, whenever it is made.</summary>
public sealed class AccountOrderTests
{
    private readonly DropLedger _drops = new();
    private readonly WatchedTime _time = new();

    [Fact]
    public async Task A_dropped_event_is_never_counted_as_published_alone()
    {
        await using var destination = new Destination(
            new RefusingBackplane(),
            "destination",
            DestinationSettings.From(new DataPlaneOptions(), new ShutdownBudget(TimeSpan.FromSeconds(5), _time), new Random(1)),
            new DeliveryMetrics(_drops),
            _time,
            NullLogger.Instance);
        var (most, readings) = (0L, 0);
        _time.Reading = () =>
        {
            // In the order of an account.
            var published = destination.Account.Published.Sum(row => row.Count);
            most = Math.Max(most, published - destination.Account.Dropped.Sum(row => row.Count));
            readings++;
        };
        for (var i = 0; i < 10; i++)
        {
            destination.TryPublish(SampleEvents.Envelope(SampleEvents.Exposure));
        }

        await _time.AdvanceUntil(destination.FlushAsync(TestContext.Current.CancellationToken).AsTask());
        _time.Reading = null;

        Assert.Equal((10, 10), (destination.Account.Published.Sum(row => row.Count), destination.Account.Dropped.Sum(row => row.Count)));
        Assert.True(readings >= 10);
        Assert.Equal(0, most);
    }

    [Fact]
    public void A_loss_has_begun_once_its_event_has_been_counted()
    {
        var logger = NonThrowingLogger.Of(NullLogger.Instance);
        var recorder = new DropRecorder(_drops, new LossDetector("pipeline", _drops, _time, logger), logger);
        List<long> lost = [];
        _time.Reading = () => lost.Add(_drops.Lost);

        recorder.Drop(new PrebuiltEvents(_drops).RecordOf(SampleEvents.Exposure, activity: null, enqueuedAt: 0), DropReasons.QueueFull);

        Assert.NotEmpty(lost);
        Assert.All(lost, count => Assert.Equal(1, count));
    }

    private sealed class RefusingBackplane : BatchBackplane
    {
        public override ValueTask<BatchResult> PublishAsync(IReadOnlyList<DataPlaneEnvelope> envelopes, CancellationToken cancellationToken = default) =>
            ValueTask.FromResult(BatchResult.FromStatuses([.. envelopes.Select(_ => DeliveryStatus.PermanentFailure)]));
    }

    /// <summary>A clock that runs code of the test when it is read, as it is for each drop.</summary>
    private sealed class WatchedTime : FakeTimeProvider
    {
        public Action? Reading { get; set; }

        public override long GetTimestamp()
        {
            Reading?.Invoke();
            return base.GetTimestamp();
        }
    }
}
