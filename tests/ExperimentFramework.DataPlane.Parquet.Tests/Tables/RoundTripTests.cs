using ExperimentFramework.DataPlane.Tests.Delivery;

namespace ExperimentFramework.DataPlane.Parquet.Tests;

/// <summary>That events are read back as they were written.</summary>
public sealed class RoundTripTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_event_type_comes_back_equal()
    {
        var events = SampleEvents.All.Select(SampleEvents.Envelope).ToList();

        WrittenEvents.Write(_folder.Path, events);

        var read = await WrittenEvents.ReadAsync(_folder.Path);
        Assert.Equal(events.Count, read.Count);
        Assert.All(events, expected => Assert.Equal(DataPlaneJson.Serialize(expected), DataPlaneJson.Serialize(read.Single(envelope => envelope.EventId == expected.EventId))));
        Assert.All(events, expected => Assert.Equal(expected.Payload, read.Single(envelope => envelope.EventId == expected.EventId).Payload));
    }
}
