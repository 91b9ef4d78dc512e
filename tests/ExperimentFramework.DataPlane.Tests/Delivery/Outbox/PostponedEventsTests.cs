using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Tests.Delivery.Outbox;

public sealed class PostponedEventsTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Events_that_left_the_outbox_while_they_were_postponed_take_no_place_for_ever()
    {
        var postponed = new PostponedEvents(_time);
        postponed.Add(Enumerable.Range(0, 20_000).Select(static position => new QueuedEnvelope(SampleEvents.Envelope(SampleEvents.Exposure), position)));
        Assert.Equal(10_000, postponed.Count);

        _time.Advance(PostponedEvents.Interval);

        Assert.Equal(0, postponed.Count);
        postponed.Add([new QueuedEnvelope(SampleEvents.Envelope(SampleEvents.Exposure), 30_000)]);
        Assert.Equal(1, postponed.Count);
    }
}
