using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace ExperimentFramework.DataPlane.Tests.Delivery;

/// <summary>Who gets a batch and who gets the events about losses, in which order, and who waits for whom.</summary>
public sealed class DestinationRouterTests : IAsyncDisposable
{
    private const int Capacity = 4;

    /// <summary>The event that <see cref="Lose"/> loses, which was published too.</summary>
    private const long Lost = 1;

    private readonly DataPlaneFixture _lab = DataPlaneFixture.Bare(_ => { }, services => services.AddInMemoryDataBackplane());
    private readonly List<Destination> _destinations = [];

    private PipelineContext Context => _lab.Get<DeliveryPipeline>().Context;

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task An_event_about_a_loss_is_done_once_one_destination_has_taken_it(bool isFirstOpen, bool isSecondOpen)
    {
        var (first, second) = (new RecordingBackplane(), new RecordingBackplane());
        var router = new DestinationRouter([Behind(first, isOpen: isFirstOpen), Behind(second, isOpen: isSecondOpen)], _ => false, Context);
        Lose();

        router.PublishLossEvents();
        router.PublishLossEvents();
        await Task.WhenAll(_destinations.Select(destination => destination.FlushAsync(TestContext.Current.CancellationToken).AsTask()));

        Assert.Equal("pipeline", ((ErrorEvent)Assert.Single(first.Events.Concat(second.Events)).Payload).Source);
        Assert.Equal(Lost + 1, Context.Metrics.Published);
    }

    [Fact]
    public void An_event_about_a_loss_that_no_destination_takes_is_not_published_and_offered_again()
    {
        var router = new DestinationRouter([Behind(new RecordingBackplane(), isOpen: false)], _ => false, Context);
        Lose();
        router.PublishLossEvents();
        Assert.Equal(Lost, Context.Metrics.Published);

        new DestinationRouter([Behind(new RecordingBackplane())], _ => false, Context).PublishLossEvents();
        Assert.Equal(Lost + 1, Context.Metrics.Published);
    }

    [Fact]
    public async Task An_event_about_the_loss_of_one_destination_goes_to_that_one_alone()
    {
        var (losing, other) = (new RecordingBackplane(), new RecordingBackplane());
        var router = new DestinationRouter([Behind(losing), Behind(other)], _ => false, Context);
        _destinations[0].Status.Drop(SampleEvents.Envelope(SampleEvents.Exposure), DropReasons.QueueFull);

        router.PublishLossEvents();
        await Task.WhenAll(_destinations.Select(destination => destination.FlushAsync(TestContext.Current.CancellationToken).AsTask()));

        Assert.Single(losing.Events);
        Assert.Empty(other.Events);
    }

    [Fact]
    public async Task An_event_that_happened_a_year_ago_has_waited_since_it_was_queued()
    {
        var stuck = new RecordingBackplane { Gate = new TaskCompletionSource() };
        var router = new DestinationRouter([Behind(stuck)], _ => false, Context);
        var imported = SampleEvents.Envelope(SampleEvents.Exposure with { Timestamp = _lab.Time.GetUtcNow().AddYears(-1) });
        var dispatch = WorkerThread.Start("test", worker => router.Dispatch([imported], worker));
        await dispatch.Ended.WaitAsync(TestContext.Current.CancellationToken);

        _lab.Time.Advance(TimeSpan.FromSeconds(3));
        var health = await _destinations[0].HealthAsync(TestContext.Current.CancellationToken);

        Assert.Equal(3.0, health.Diagnostics["oldest_age_seconds"]);
        stuck.Gate.SetResult();
    }

    [Fact]
    public void Events_about_losses_have_ids_of_their_own()
    {
        var losses = new LossEventFactory(Context);

        Assert.NotEqual(losses.Create(SampleEvents.Error)!.EventId, losses.Create(SampleEvents.Error)!.EventId);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_destination_whose_outbox_refuses_holds_the_worker_up_only_if_callers_wait_for_it(bool isRequired)
    {
        var other = new RecordingBackplane();
        var stuck = new RecordingBackplane { Gate = new TaskCompletionSource() };
        var router = new DestinationRouter([Behind(stuck, new InMemoryEventOutbox(capacity: 0)), Behind(other, capacity: 100)], destination => isRequired && destination == _destinations[0], Context);
        var batch = Enumerable.Range(0, 3 * Capacity).Select(_ => SampleEvents.Envelope(SampleEvents.Exposure)).ToList();

        var dispatch = WorkerThread.Start("test", worker => router.Dispatch(batch, worker));

        // Those that nobody waits for come first.
        await other.Reached(batch.Count).WaitAsync(TestContext.Current.CancellationToken);
        if (isRequired)
        {
            Assert.True(SpinWait.SpinUntil(() => dispatch.IsResting, TimeSpan.FromSeconds(30)));
            Assert.Equal((false, 0L), (dispatch.Ended.IsCompleted, _lab.Get<DropLedger>().Lost));
            _destinations[0].Close();
        }

        await dispatch.Ended.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(2 * Capacity, _lab.Dropped("exp", "b", isRequired ? DropReasons.Shutdown : DropReasons.OutboxFull));
        stuck.Gate.SetResult();
    }

    public async ValueTask DisposeAsync()
    {
        _destinations.ForEach(destination => destination.Dispose());
        await _lab.DisposeAsync();
    }

    /// <summary>Loses an event before it reaches any destination: it is counted first.</summary>
    private void Lose()
    {
        Context.Drops.Ledger.Count(SampleEvents.Exposure, DropReasons.QueueFull);
        Context.Drops.Losses.Record(DropReasons.QueueFull);
    }

    private Destination Behind(IDataBackplane backplane, IEventOutbox? outbox = null, bool isOpen = true, int capacity = Capacity)
    {
        var destination = new Destination(
            backplane,
            $"destination {_destinations.Count}",
            DestinationSettings.From(new DataPlaneOptions { MaxQueueSize = capacity, BatchSize = 1 }, new ShutdownBudget(TimeSpan.FromSeconds(5), _lab.Time)),
            _lab.Get<DeliveryMetrics>(),
            _lab.Time,
            NullLogger.Instance,
            outbox);
        _destinations.Add(destination);
        if (!isOpen)
        {
            destination.Close();
        }

        return destination;
    }
}
