using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using static ExperimentFramework.DataPlane.Tests.Delivery.AccountFixture;

namespace ExperimentFramework.DataPlane.Tests.Delivery;

/// <summary>The last account of a destination without a queue counts every event that it has taken, and no event comes after it.</summary>
public sealed class ImmediateEndTests : IAsyncDisposable
{
    private readonly DataPlaneFixture _lab = DataPlaneFixture.Bare(options => options.EnableAccountingEvents = true, services => services.AddInMemoryDataBackplane());

    private PipelineContext Context => _lab.Get<DeliveryPipeline>().Context;

    [Fact]
    public async Task An_event_that_is_being_taken_when_the_end_begins_is_in_the_last_account()
    {
        using var immediate = new StoppedBackplane();
        using var destination = Behind(immediate);
        var accounts = new AccountPublisher([destination], () => true, Context);
        var taking = new Thread(() => destination.TryPublish(Exposure())) { IsBackground = true };
        taking.Start();
        await immediate.IsStopped;

        var ending = new Thread(accounts.EndImmediate) { IsBackground = true };
        ending.Start();
        await Eventually.Holds(() => !ending.IsAlive || ending.ThreadState.HasFlag(ThreadState.WaitSleepJoin));
        immediate.Continue();
        taking.Join();
        ending.Join();

        // Once more, for a machine so busy that the end did not wait long enough. There is one last account in either case.
        accounts.EndImmediate();
        Assert.True(Assert.Single(Accounts(immediate.Taken)).IsLast);
        AddsUp(immediate.Taken);
    }

    [Fact]
    public void A_destination_that_is_closed_already_gets_its_last_account_and_nothing_after_it()
    {
        var immediate = new InMemoryDataBackplane();
        using var destination = Behind(immediate);
        var accounts = new AccountPublisher([destination], () => true, Context);
        Assert.True(destination.TryPublish(Exposure()));

        // As a synchronous end does, so that nothing more is handed to destinations.
        destination.Close();
        accounts.EndImmediate();
        accounts.EndImmediate();
        Assert.False(destination.TryPublish(Exposure()));

        Assert.True(Assert.Single(Accounts(immediate.Events)).IsLast);
        AddsUp(immediate.Events);
    }

    [Fact]
    public void An_ordinary_account_that_is_due_after_the_end_is_not_published()
    {
        var immediate = new InMemoryDataBackplane();
        using var destination = Behind(immediate);
        var accounts = new AccountPublisher([destination], () => true, Context);
        Assert.True(destination.TryPublish(Exposure()));

        destination.Close();
        accounts.Publish();
        accounts.EndImmediate();
        accounts.Publish();

        Assert.Equal((true, 1L), (Assert.Single(Accounts(immediate.Events)).IsLast, Accounts(immediate.Events)[0].SequenceNumber));
        AddsUp(immediate.Events);
    }

    [Fact]
    public void There_is_no_last_account_while_events_may_still_be_handed_on()
    {
        var immediate = new InMemoryDataBackplane();
        using var destination = Behind(immediate);

        new AccountPublisher([destination], () => false, Context).EndImmediate();

        Assert.Empty(immediate.Events);
    }

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    private DataPlaneEnvelope Exposure()
    {
        var record = Context.Prebuilt.RecordOf(SampleEvents.Exposure, activity: null, enqueuedAt: 0);
        record.Number = Context.Sequence.Reserve(1);
        Assert.True(Context.Envelopes.TryCreate(record, out _, out var envelope));
        return envelope;
    }

    private Destination Behind(IDataBackplane backplane) => new(
        backplane,
        "destination",
        DestinationSettings.From(new DataPlaneOptions(), new ShutdownBudget(TimeSpan.FromSeconds(5), _lab.Time), new Random(1)),
        Context.Metrics,
        _lab.Time,
        NullLogger.Instance);

    /// <summary>A destination that has taken an exposure and does not return until the test says so.</summary>
    private sealed class StoppedBackplane : AcceptingBackplane, IImmediateBackplane, IDisposable
    {
        private readonly TaskCompletionSource _isStopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ManualResetEventSlim _continues = new();

        public ConcurrentQueue<DataPlaneEnvelope> Taken { get; } = new();

        public Task IsStopped => _isStopped.Task;

        public void Continue() => _continues.Set();

        public void Publish(DataPlaneEnvelope envelope)
        {
            Taken.Enqueue(envelope);
            if (envelope.Payload is ExposureEvent)
            {
                _isStopped.TrySetResult();
                _continues.Wait();
            }
        }

        public void Dispose() => _continues.Dispose();
    }
}
