namespace ExperimentFramework.DataPlane.Tests.Exposure;

/// <summary>Guarantee 2 (docs/concepts/guarantees.md): a stream falls back before its first element, each time it is enumerated.</summary>
public sealed class StreamFallbackTests
{
    [Fact]
    public async Task A_stream_whose_disposal_fails_too_falls_back()
    {
        await using var fixture = StreamsFixture.With(new StreamsVariant { Make = () => new FailingStream() });

        Assert.Equal([1, 2], await fixture.Get<IStreams>().Items("u1").ToListAsync());

        Assert.Equal(("control", "b"), (Assert.Single(fixture.Exposures).VariantKey, fixture.Exposures[0].AssignedVariantKey));
    }

    [Fact]
    public async Task A_stream_that_failed_is_disposed()
    {
        var failing = new FailingStream();
        await using var fixture = StreamsFixture.With(new StreamsVariant { Make = () => failing });

        await fixture.Get<IStreams>().Items("u1").ToListAsync();

        Assert.Equal(1, failing.Disposals);
    }

    [Fact]
    public async Task Each_enumeration_of_a_stream_falls_back_and_the_call_is_exposed_once()
    {
        await using var fixture = StreamsFixture.With(new StreamsVariant { Make = () => new FailingStream() });
        var stream = fixture.Get<IStreams>().Items("u1");

        Assert.Equal([1, 2], await stream.ToListAsync());
        Assert.Equal([1, 2], await stream.ToListAsync());

        Assert.Single(fixture.Exposures);
        Assert.Contains("variant 'b' is failing", Assert.Single(fixture.Logs, log => log.Message.Contains("fall back to control", StringComparison.Ordinal)).Message, StringComparison.Ordinal);
    }
}
