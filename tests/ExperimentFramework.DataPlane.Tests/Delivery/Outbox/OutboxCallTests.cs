using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Tests.Delivery;

/// <summary>Calls of an outbox for one destination come one at a time, whichever threads of the destination make them.</summary>
public sealed class OutboxCallTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly DropLedger _drops = new();
    private readonly FakeLogger _logger = new();
    private readonly WatchedOutbox _outbox = new();

    [Fact]
    public async Task Delivered_events_are_removed_once_others_have_been_stored()
    {
        var state = new DestinationStatus("destination", _drops, new DeliveryMetrics(_drops), _time, NullLogger.Instance);
        using var overflow = new OutboxSpillover(_outbox, new DeliveryQueue(10), state, batchSize: 10, _time);
        var removing = new Thread(() => overflow.Remove([new QueuedEnvelope(SampleEvents.Envelope(SampleEvents.Exposure), 0)])) { IsBackground = true };

        using (overflow.Enter())
        {
            removing.Start();
            await Eventually.Holds(() => _outbox.Calls > 0 || removing.ThreadState.HasFlag(ThreadState.WaitSleepJoin));
            Assert.Equal(0, _outbox.Calls);
        }

        removing.Join();
        Assert.Equal(1, _outbox.Calls);
    }

    [Fact]
    public async Task A_synchronous_end_stores_what_is_left_after_the_call_that_is_being_made()
    {
        var backplane = new HangingBackplane();
        var destination = Behind(backplane, batchSize: 1);
        _outbox.Stop();
        for (var i = 0; i < 4; i++)
        {
            destination.TryPublish(SampleEvents.Envelope(SampleEvents.Exposure));
        }

        await _outbox.IsStopped;
        var ending = new Thread(destination.Dispose) { IsBackground = true };
        ending.Start();
        await Eventually.Holds(() => _outbox.HaveMet || !ending.IsAlive || ending.ThreadState.HasFlag(ThreadState.WaitSleepJoin));
        _outbox.Continue();
        ending.Join();

        Assert.False(_outbox.HaveMet);
        Assert.Equal(0, _drops.Lost);
        backplane.Gate.SetResult();
    }

    [Fact]
    public async Task An_end_drops_what_is_left_if_the_outbox_does_not_return()
    {
        var backplane = new HangingBackplane();
        var destination = Behind(backplane, batchSize: 1, outboxPatience: TimeSpan.FromMilliseconds(100));
        _outbox.Stop();
        for (var i = 0; i < 4; i++)
        {
            destination.TryPublish(SampleEvents.Envelope(SampleEvents.Exposure));
        }

        await _outbox.IsStopped;
        destination.Dispose();

        Assert.False(_outbox.HaveMet);
        Assert.Equal([DropReasons.OutboxFailed], _drops.CountsOf("destination").Select(row => row.Row.Reason));
        Assert.Contains(_logger.Collector.GetSnapshot(), record => record.Exception is TimeoutException);
        _outbox.Continue();
        backplane.Gate.SetResult();
    }

    [Fact]
    public async Task The_last_account_is_created_once_what_is_being_stored_has_been_counted()
    {
        _outbox.Append("destination", [new QueuedEnvelope(SampleEvents.Envelope(SampleEvents.Exposure), 0)], _ => { });
        var backplane = new HangingBackplane();
        var destination = Behind(backplane, batchSize: 10);
        var counted = -1L;
        destination.EndWith(() =>
        {
            // The account of this process: the event that is on its way is one of another process.
            Interlocked.CompareExchange(ref counted, destination.Account.Published.Sum(row => row.Count), -1);
            return [];
        });
        await backplane.IsCalled.Task;
        _outbox.Stop();
        destination.TryPublish(SampleEvents.Envelope(SampleEvents.Exposure));
        destination.TryPublish(SampleEvents.Envelope(SampleEvents.Exposure));

        await _outbox.IsStopped;
        destination.Dispose();
        _outbox.Continue();
        await Eventually.Holds(() => Interlocked.Read(ref counted) >= 0);

        Assert.Equal(2, counted);
        backplane.Gate.SetResult();
    }

    public void Dispose() => _outbox.Dispose();

    private Destination Behind(IDataBackplane backplane, int batchSize, TimeSpan? outboxPatience = null) => new(
        backplane,
        "destination",
        DestinationSettings.From(new DataPlaneOptions { MaxQueueSize = 4, BatchSize = batchSize }, new ShutdownBudget(TimeSpan.FromSeconds(5), _time), new Random(1)) with { OutboxPatience = outboxPatience ?? TimeSpan.FromMinutes(1) },
        new DeliveryMetrics(_drops),
        _time,
        _logger,
        _outbox);
}
