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

        await AssertReadBackAsync(events);
    }

    [Fact]
    public async Task What_an_event_says_otherwise_than_its_envelope_comes_back_equal()
    {
        var envelope = SampleEvents.Envelope(SampleEvents.Exposure);
        DataPlaneEnvelope[] events =
        [
            envelope with { SchemaVersion = "1.1.0" }, envelope with { Timestamp = envelope.Timestamp.AddTicks(1) }, envelope with { SchemaVersion = "1.2.0", Timestamp = envelope.Timestamp.AddMinutes(1) },
            envelope with { Timestamp = envelope.Timestamp.AddHours(1), Payload = envelope.Payload with { Timestamp = envelope.Timestamp.AddHours(1) } },
        ];

        WrittenEvents.Write(_folder.Path, events);

        await AssertReadBackAsync(events);
    }

    [Fact]
    public async Task Times_and_durations_that_their_columns_hold_only_roughly_come_back_equal()
    {
        var account = SampleEvents.Accounting;
        DataPlaneEnvelope[] accounts =
        [
            SampleEvents.Envelope(account with { IntervalStart = account.IntervalStart.AddTicks(3), IntervalEnd = account.IntervalEnd.AddTicks(7) }),
            SampleEvents.Envelope(account with { Timestamp = account.Timestamp.AddTicks(1), IntervalEnd = account.IntervalEnd.AddTicks(-1) }),
        ];
        DataPlaneEnvelope[] outcomes =
        [
            .. new[] { TimeSpan.Zero, TimeSpan.FromTicks(1), TimeSpan.FromDays(36_500) + TimeSpan.FromTicks(1), TimeSpan.MaxValue, TimeSpan.MinValue }.Select((duration, number) => SampleEvents.Envelope(
                SampleEvents.Outcome with { Timestamp = SampleEvents.Outcome.Timestamp.AddSeconds(number), Duration = duration, FailedAttemptDuration = duration })),
        ];

        WrittenEvents.Write(_folder.Path, [.. accounts, .. outcomes]);

        await AssertReadBackAsync([.. accounts, .. outcomes]);
    }

    [Fact]
    public async Task Rows_whose_metadata_differ_in_one_value_keep_their_own()
    {
        DataPlaneEnvelope Of(int second, Dictionary<string, string>? metadata) =>
            SampleEvents.Envelope(SampleEvents.Exposure with { Timestamp = SampleEvents.Exposure.Timestamp.AddSeconds(second) }) with { Metadata = metadata };
        DataPlaneEnvelope[] events =
        [
            Of(0, new() { ["key"] = "a", ["other"] = "x" }), Of(1, new() { ["key"] = "a", ["other"] = "x" }), Of(2, new() { ["key"] = "a", ["other"] = "y" }), Of(3, new() { ["key"] = "a" }), Of(4, null),
            Of(5, new() { ["name"] = "a" }), Of(6, []),
        ];

        WrittenEvents.Write(_folder.Path, events);

        await AssertReadBackAsync(events);
    }

    [Fact]
    public async Task What_a_file_says_is_not_read_from_the_next_one()
    {
        // Texts of one length, which are in the same places of their columns.
        DataPlaneEnvelope[] events =
        [
            .. new[] { "aa", "bb", "cc" }.Select((text, number) => SampleEvents.Envelope(SampleEvents.Exposure with
            {
                ExperimentName = text, VariantKey = text, SubjectId = text, SelectionReason = text, Timestamp = SampleEvents.Exposure.Timestamp.AddSeconds(number),
            }) with { Metadata = new Dictionary<string, string> { ["key"] = text } }),
        ];

        foreach (var envelope in events)
        {
            WrittenEvents.Write(Directory.CreateDirectory(_folder.File(envelope.Payload.ExperimentName)).FullName, [envelope]);
        }

        await AssertReadBackAsync(events);
    }

    [Fact]
    public async Task An_account_is_in_one_row_group_whatever_its_size()
    {
        DataPlaneEnvelope[] events = [.. Enumerable.Range(0, 5).Select(number => SampleEvents.Envelope(SampleEvents.Accounting with { Timestamp = SampleEvents.Accounting.Timestamp.AddSeconds(number) }))];

        WrittenEvents.Write(_folder.Path, events, rowsPerGroup: 3);

        await AssertReadBackAsync(events);
    }

    [Fact]
    public async Task Rows_of_one_time_keep_their_order_when_rows_before_them_are_later()
    {
        var time = SampleEvents.Accounting.Timestamp;
        DataPlaneEnvelope At(DataPlaneEvent payload, int seconds) => SampleEvents.Envelope(payload) with { Timestamp = time.AddSeconds(seconds) };
        DataPlaneEnvelope[] accounts = [.. new[] { 3, 1, 2, 0, 1 }.Select(seconds => At(SampleEvents.Accounting, seconds))];
        DataPlaneEnvelope[] exposures = [.. Enumerable.Range(0, 50).Select(number => At(SampleEvents.Exposure, number % 3))];

        WrittenEvents.Write(_folder.Path, [.. accounts, .. exposures]);

        await AssertReadBackAsync([.. accounts.OrderBy(envelope => envelope.Timestamp), .. exposures.OrderBy(envelope => envelope.Timestamp)]);
    }

    private async Task AssertReadBackAsync(IEnumerable<DataPlaneEnvelope> events) => Assert.Equal(
        events.Select(DataPlaneJson.Serialize), (await WrittenEvents.ReadAsync(_folder.Path)).Select(DataPlaneJson.Serialize));
}
