using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Tests.Delivery;

/// <summary>An event in the outbox that failed again and again is left alone for a minute.</summary>
public sealed class PostponedEventsTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void An_event_is_left_alone_for_exactly_a_minute()
    {
        var postponed = new PostponedEvents(_time);
        postponed.Add([Event(7)]);
        Assert.Equal(1, postponed.Count);
        Assert.False(postponed.Contains(Event(8)));

        _time.Advance(TimeSpan.FromMinutes(1) - TimeSpan.FromTicks(1));
        Assert.True(postponed.Contains(Event(7)));
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.False(postponed.Contains(Event(7)));
        Assert.Equal(0, postponed.Count);
    }

    [Fact]
    public void What_is_read_past_is_bounded()
    {
        var postponed = new PostponedEvents(_time);

        postponed.Add(Enumerable.Range(0, 10_001).Select(position => Event(position)));

        Assert.Equal(10_000, postponed.Count);
        Assert.True(postponed.Contains(Event(9_999)));
        Assert.False(postponed.Contains(Event(10_000)));
    }

    private static QueuedEnvelope Event(long position) => new(SampleEvents.Envelope(SampleEvents.Exposure), position);
}
