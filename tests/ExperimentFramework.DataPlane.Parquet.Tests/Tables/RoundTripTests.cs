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

    [Fact]
    public async Task Values_that_are_equal_at_first_and_differ_later_come_back_equal()
    {
        var exposure = SampleEvents.Exposure with { TenantId = null, SamplingRate = 0, VariantBuild = null, Attributes = null, IsRepeatExposure = false };
        ExposureEvent[] payloads =
        [
            exposure, exposure, exposure with { TenantId = "t", SamplingRate = -0.0, VariantBuild = Guid.Empty, Attributes = new Dictionary<string, object?>(), IsRepeatExposure = true },
            exposure, exposure with { TenantId = "", SamplingRate = 0.5, Attributes = new Dictionary<string, object?> { ["a"] = -0.0, ["b"] = null } }, exposure,
        ];
        var events = payloads.Select((payload, number) => SampleEvents.Envelope(payload with { Timestamp = payload.Timestamp.AddSeconds(number) })).ToList();

        WrittenEvents.Write(_folder.Path, events);

        Assert.Equal(events.Select(DataPlaneJson.Serialize), (await WrittenEvents.ReadAsync(_folder.Path)).Select(DataPlaneJson.Serialize));
    }
}
