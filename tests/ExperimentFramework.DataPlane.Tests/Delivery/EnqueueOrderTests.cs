using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Tests.Delivery;

/// <summary>A queued destination gets events in the order in which they were enqueued, whatever immediate destinations do in between.</summary>
public sealed class EnqueueOrderTests
{
    [Fact(Timeout = 60_000)]
    public async Task An_event_is_enqueued_after_those_that_other_threads_wrote_while_an_immediate_destination_took_it()
    {
        var queued = new RecordingBackplane();
        var immediate = new Immediate();
        await using var fixture = DataPlaneFixture.Bare(
            options => options.FlushInterval = TimeSpan.FromHours(1),
            services => services.AddSingleton<IDataBackplane>(immediate).AddSingleton<IDataBackplane>(queued));
        var publisher = fixture.Get<EventPublisher>();
        immediate.Taking = envelope =>
        {
            if (SubjectOf(envelope) == "first")
            {
                fixture.Time.Advance(TimeSpan.FromSeconds(1));
                var other = new Thread(() => Write(publisher, "second"));
                other.Start();
                other.Join();
                fixture.Time.Advance(TimeSpan.FromSeconds(1));
            }
        };

        Write(publisher, "first");
        await fixture.Time.AdvanceUntil(publisher.FlushAsync(TestContext.Current.CancellationToken).AsTask());

        Assert.Equal(["second", "first"], queued.Events.Select(SubjectOf));
        Assert.Equal(["first", "second"], immediate.Taken.Select(SubjectOf));
        Assert.Equal(immediate.Taken.Select(envelope => envelope.EventId).Order(), queued.Events.Select(envelope => envelope.EventId).Order());
        Assert.Equal(2, immediate.Taken.Select(envelope => envelope.EventId).Distinct().Count());
    }

    [Fact(Timeout = 60_000)]
    public async Task An_event_that_waits_for_room_behind_an_immediate_destination_keeps_its_number()
    {
        var queued = new RecordingBackplane { Gate = new TaskCompletionSource() };
        await using var fixture = DataPlaneFixture.Bare(
            options =>
            {
                FullQueue.Configure(options);
                options.BlockTimeout = TimeSpan.FromHours(1);
            },
            services => services.AddSingleton<IDataBackplane>(new Immediate()).AddSingleton<IDataBackplane>(queued));
        await FullQueue.FillAsync(fixture);

        var waiting = fixture.Get<EventPublisher>().Write(SampleEvents.Exposure, new EnqueueWait(WaitMode.Task, CancellationToken.None));
        var next = fixture.Get<DeliveryPipeline>().Context.Sequence.Reserve(1);
        Assert.False(waiting.PendingAdmission!.IsCompleted);
        queued.Gate!.SetResult();
        await fixture.Time.AdvanceUntil(waiting.PendingAdmission.WaitAsync(TestContext.Current.CancellationToken));

        Assert.Equal(waiting.Number + 1, next);
    }

    private static void Write(EventPublisher publisher, string subject) =>
        publisher.Write(SampleEvents.Exposure with { SubjectId = subject }, new EnqueueWait(WaitMode.Thread, CancellationToken.None));

    private static string SubjectOf(DataPlaneEnvelope envelope) => ((ExposureEvent)envelope.Payload).SubjectId!;

    private sealed class Immediate : AcceptingBackplane, IImmediateBackplane
    {
        public Action<DataPlaneEnvelope> Taking { get; set; } = _ => { };

        public List<DataPlaneEnvelope> Taken { get; } = [];

        public void Publish(DataPlaneEnvelope envelope)
        {
            Taken.Add(envelope);
            Taking(envelope);
        }
    }
}
