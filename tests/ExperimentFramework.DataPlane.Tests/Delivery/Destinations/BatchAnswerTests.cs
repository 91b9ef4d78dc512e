using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Tests.Delivery;

/// <summary>What the pipeline makes of a destination's answer to a batch.</summary>
public sealed class BatchAnswerTests
{
    [Fact]
    public async Task Each_event_is_dealt_with_by_its_own_answer()
    {
        var backplane = new AnsweringBackplane(
            BatchResult.Delivered,
            BatchResult.FromStatuses([DeliveryStatus.Delivered, DeliveryStatus.PermanentFailure, DeliveryStatus.TransientFailure, DeliveryStatus.Delivered], new IOException("some")),
            BatchResult.Delivered);
        await using var fixture = Fixture(backplane);

        await PublishAsync(fixture, backplane, 4);

        Assert.Equal([["first"], ["u0", "u1", "u2", "u3"], ["u2"]], backplane.Batches);
        Assert.Equal(4, fixture.Get<DeliveryPipeline>().Destinations[0].Delivered);
        Assert.Equal(1, fixture.Dropped("exp", "b", DropReasons.Rejected));
        Assert.Equal(1, fixture.Get<DropLedger>().Lost);
    }

    [Fact]
    public async Task What_an_answer_is_too_short_for_is_tried_again()
    {
        var backplane = new AnsweringBackplane(BatchResult.Delivered, BatchResult.FromStatuses([DeliveryStatus.Delivered]), BatchResult.Delivered, BatchResult.Delivered);
        await using var fixture = Fixture(backplane);

        await PublishAsync(fixture, backplane, 4);

        Assert.Equal([["first"], ["u0", "u1", "u2", "u3"], ["u1", "u2", "u3"]], backplane.Batches);
        Assert.Equal(0, fixture.Get<DropLedger>().Lost);
    }

    [Fact]
    public async Task A_destination_of_single_events_is_asked_up_to_the_first_that_it_does_not_take_now()
    {
        var backplane = new SingleBackplane(subject => subject switch
        {
            "u1" => new EventRejectedException("too large"),
            "u3" => new IOException("down"),
            _ => null,
        });

        var result = await ((IDataBackplane)backplane).PublishAsync([.. Enumerable.Range(0, 6).Select(Envelope)]);

        Assert.Equal(["u0", "u1", "u2", "u3"], backplane.Asked);
        Assert.Equal(
            [DeliveryStatus.Delivered, DeliveryStatus.PermanentFailure, DeliveryStatus.Delivered, DeliveryStatus.TransientFailure, DeliveryStatus.TransientFailure, DeliveryStatus.TransientFailure],
            Enumerable.Range(0, 6).Select(index => result[index]));
        Assert.Equal("down", result.Error!.Message);
    }

    [Fact]
    public async Task A_destination_that_does_not_answer_in_time_is_not_called_again_before_its_last_call_has_ended()
    {
        var backplane = new RecordingBackplane { Gate = new TaskCompletionSource() };
        await using var fixture = Bare(backplane, options => options.Retry.MaxAttempts = 100);
        await fixture.Get<IEventPublisher>().PublishAsync(Exposure(0));
        await fixture.Time.AdvanceUntil(() => fixture.Logs.Any(record => record.Exception is TimeoutException));
        fixture.Time.Advance(TimeSpan.FromMinutes(10));
        Assert.Empty(backplane.Events);

        backplane.Gate.SetResult();
        await fixture.Time.AdvanceUntil(fixture.Get<IEventPublisher>().FlushAsync().AsTask());

        // Delivered by the late call and once more: consumers recognise it by its id.
        Assert.Equal(2, backplane.Events.Count);
        Assert.Single(backplane.Events.Select(envelope => envelope.EventId).Distinct());
    }

    [Fact]
    public async Task A_batch_goes_when_it_is_full_and_the_rest_when_the_interval_is_over()
    {
        var backplane = new AnsweringBackplane();
        await using var fixture = Bare(backplane, options => (options.BatchSize, options.FlushInterval) = (100, TimeSpan.FromSeconds(7)));
        var publisher = fixture.Get<IEventPublisher>();

        for (var i = 0; i < 130; i++)
        {
            await publisher.PublishAsync(Exposure(i));
        }

        await backplane.Reached(100);
        fixture.Time.Advance(TimeSpan.FromSeconds(6.9));
        Assert.InRange(backplane.Batches.Sum(batch => batch.Length), 100, 130);
        fixture.Time.Advance(TimeSpan.FromSeconds(0.1));
        await backplane.Reached(130);
        Assert.All(backplane.Batches, batch => Assert.InRange(batch.Length, 1, 100));
    }

    /// <summary>Batches go when they are flushed: however far virtual time runs meanwhile, no event is overdue and leaves alone.</summary>
    private static DataPlaneFixture Fixture(IDataBackplane backplane) => Bare(backplane, options => options.FlushInterval = TimeSpan.FromHours(1));

    private static DataPlaneFixture Bare(IDataBackplane backplane, Action<DataPlaneOptions> options) => Tests.DataPlaneFixture.Bare(
        settings =>
        {
            settings.EnableErrorEvents = false;
            options(settings);
        },
        services => services.AddSingleton(backplane));

    /// <summary>Publishes events of one batch: behind a call that is held, because a worker that is free takes the first of them alone.</summary>
    private static async Task PublishAsync(DataPlaneFixture fixture, AnsweringBackplane backplane, int count)
    {
        var publisher = fixture.Get<IEventPublisher>();
        backplane.Hold = new TaskCompletionSource<bool>();
        await publisher.PublishAsync(Exposure("first"));
        var first = publisher.FlushAsync().AsTask();
        await backplane.Reached(1);
        for (var i = 0; i < count; i++)
        {
            await publisher.PublishAsync(Exposure(i));
        }

        var rest = publisher.FlushAsync().AsTask();
        await Eventually.Holds(async () => Equals((await publisher.HealthAsync()).Diagnostics["destination:0:AnsweringBackplane:queued"], count + 1));
        backplane.Hold.SetResult(true);
        await fixture.Time.AdvanceUntil(Task.WhenAll(first, rest));
    }

    private static ExposureEvent Exposure(int number) => Exposure($"u{number}");

    private static ExposureEvent Exposure(string subject) => SampleEvents.Exposure with { SubjectId = subject, VariantKey = "b", AssignedVariantKey = null };

    private static DataPlaneEnvelope Envelope(int number) => SampleEvents.Envelope(Exposure(number));

    private static string SubjectOf(DataPlaneEnvelope envelope) => ((ExposureEvent)envelope.Payload).SubjectId!;

    private sealed class AnsweringBackplane(params BatchResult[] answers) : BatchBackplane
    {
        private readonly ConcurrentQueue<string[]> _batches = new();
        private readonly SemaphoreSlim _arrivals = new(0);
        private int _calls;
        private int _awaited;

        public IReadOnlyList<string[]> Batches => [.. _batches];

        /// <summary>What calls wait for before they answer; null for nothing.</summary>
        public TaskCompletionSource<bool>? Hold { get; set; }

        public async Task Reached(int count)
        {
            for (; _awaited < count; _awaited++)
            {
                await _arrivals.WaitAsync(TestContext.Current.CancellationToken);
            }
        }

        public override async ValueTask<BatchResult> PublishAsync(IReadOnlyList<DataPlaneEnvelope> envelopes, CancellationToken cancellationToken = default)
        {
            _batches.Enqueue([.. envelopes.Select(SubjectOf)]);
            _arrivals.Release(envelopes.Count);
            if (Hold is { } hold)
            {
                await hold.Task;
            }

            return _calls < answers.Length ? answers[_calls++] : BatchResult.Delivered;
        }
    }

    private sealed class SingleBackplane(Func<string, Exception?> answer) : AcceptingBackplane
    {
        public List<string> Asked { get; } = [];

        public override ValueTask PublishAsync(DataPlaneEnvelope envelope, CancellationToken cancellationToken = default)
        {
            var subject = SubjectOf(envelope);
            Asked.Add(subject);
            return answer(subject) is { } failure ? throw failure : ValueTask.CompletedTask;
        }
    }
}
