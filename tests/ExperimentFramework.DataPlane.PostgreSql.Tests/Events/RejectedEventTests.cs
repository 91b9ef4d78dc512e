using ExperimentFramework.DataPlane.Tests.Delivery;
using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.PostgreSql.Tests.Events;

/// <summary>Only an event that can never be stored is rejected, and it alone.</summary>
public sealed class RejectedEventTests(SharedServer server) : IAsyncLifetime
{
    private static readonly Dictionary<string, DataPlaneEvent> Incomplete = new()
    {
        ["experiment"] = SampleEvents.Exposure with { ExperimentName = null! },
        ["variant"] = SampleEvents.Exposure with { VariantKey = null! },
        ["selection_reason"] = SampleEvents.Exposure with { SelectionReason = null! },
        ["outcome_name"] = SampleEvents.Outcome with { OutcomeName = null! },
        ["metric_name"] = SampleEvents.Metric with { MetricName = null! },
        ["change_reason"] = SampleEvents.Assignment with { ChangeReason = null! },
        ["message"] = SampleEvents.Signal with { Message = null! },
        ["source"] = SampleEvents.Error with { Source = null! },
    };

    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await server.CreateDatabaseAsync();

    public ValueTask DisposeAsync() => _database?.DisposeAsync() ?? default;

    [Theory]
    [InlineData(0)]
    [InlineData(37)]
    [InlineData(99)]
    public async Task An_event_that_the_server_refuses_is_found_and_its_neighbours_are_stored(int place)
    {
        await using var backplane = new PostgreSqlDataBackplane(_database.Source, new() { PartitionsAhead = 1 });
        var events = TestEvents.Exposures(100);
        events[place] = TestEvents.Refused(place);

        var result = await backplane.PublishAsync(events, TestContext.Current.CancellationToken);

        Assert.Equal(Enumerable.Range(0, 100).Select(index => index == place ? DeliveryStatus.PermanentFailure : DeliveryStatus.Delivered), result.Statuses(100));
        Assert.IsType<EventRejectedException>(result.Error);
        Assert.Equal(99, await _database.CountAsync("SELECT count(*) FROM dataplane.exposures"));
        Assert.Equal(0, await _database.CountAsync("SELECT count(*) FROM dataplane.other_events"));
    }

    [Fact]
    public async Task A_batch_of_refused_events_alone_is_rejected_event_by_event()
    {
        await using var backplane = new PostgreSqlDataBackplane(_database.Source, new() { PartitionsAhead = 1 });

        var result = await backplane.PublishAsync([.. Enumerable.Range(0, 9).Select(TestEvents.Refused)], TestContext.Current.CancellationToken);

        Assert.All(result.Statuses(9), status => Assert.Equal(DeliveryStatus.PermanentFailure, status));
    }

    [Theory]
    [InlineData("1969-12-31T23:59:59.9999999Z", 0, false)]
    [InlineData("1970-01-01T00:00:00Z", 0, true)]
    [InlineData(null, 366, true)]
    [InlineData(null, 367, false)]
    [InlineData("0001-01-01T00:00:00Z", 0, false)]
    [InlineData("9999-12-31T23:59:59Z", 0, false)]
    public async Task An_event_whose_time_no_clock_can_have_shown_is_rejected(string? timestamp, int daysAhead, bool isAccepted)
    {
        // The real day, because the server's clock counts too.
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow.Date.AddHours(12));
        await using var backplane = new PostgreSqlDataBackplane(_database.Source, new() { PartitionsAhead = 1 }, time);
        var events = TestEvents.Exposures(3);
        events[1] = events[1] with { Timestamp = timestamp is null ? time.GetUtcNow().AddDays(daysAhead) : DateTimeOffset.Parse(timestamp, System.Globalization.CultureInfo.InvariantCulture) };

        var result = await backplane.PublishAsync(events, TestContext.Current.CancellationToken);

        Assert.Equal(
            [DeliveryStatus.Delivered, isAccepted ? DeliveryStatus.Delivered : DeliveryStatus.PermanentFailure, DeliveryStatus.Delivered], result.Statuses(3));
        Assert.Equal(isAccepted ? 3 : 2, await _database.CountAsync("SELECT count(*) FROM dataplane.exposures"));
        if (!isAccepted)
        {
            Assert.Contains($"{events[1].Timestamp:yyyy-MM-dd}", result.Error!.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_column_that_somebody_has_narrowed_throws_no_event_away()
    {
        await using var backplane = new PostgreSqlDataBackplane(_database.Source, new() { PartitionsAhead = 1 });
        await backplane.DeliveredAsync(TestEvents.Exposures(1));
        await _database.PsqlAsync("ALTER TABLE dataplane.exposures ALTER COLUMN selection_reason TYPE varchar(3) USING left(selection_reason, 3)");

        var result = await backplane.PublishAsync(TestEvents.Exposures(3, first: 1), TestContext.Current.CancellationToken);

        Assert.All(result.Statuses(3), status => Assert.Equal(DeliveryStatus.TransientFailure, status));
        Assert.Contains("22001", result.Error!.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string> EventsWithoutARequiredText => [.. Incomplete.Keys];

    [Theory]
    [MemberData(nameof(EventsWithoutARequiredText))]
    public async Task An_event_without_a_required_text_is_rejected_for_good_and_alone(string column)
    {
        await using var backplane = new PostgreSqlDataBackplane(_database.Source, new() { PartitionsAhead = 1 });
        var incomplete = SampleEvents.Envelope(Incomplete[column]);

        var result = await backplane.PublishAsync([incomplete, .. TestEvents.Exposures(2)], TestContext.Current.CancellationToken);

        Assert.Equal([DeliveryStatus.PermanentFailure, DeliveryStatus.Delivered, DeliveryStatus.Delivered], result.Statuses(3));
        Assert.Contains($"'{column}' is null", Assert.IsType<EventRejectedException>(result.Error).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_reason_quotes_no_value_of_the_event()
    {
        await using var backplane = new PostgreSqlDataBackplane(_database.Source, new() { PartitionsAhead = 1 });
        var secret = TestEvents.Refused(0);

        var error = await Assert.ThrowsAsync<EventRejectedException>(() => backplane.PublishAsync(secret, TestContext.Current.CancellationToken).AsTask());

        Assert.DoesNotContain("u0", error.Message, StringComparison.Ordinal);
        Assert.True(SafeText.IsOwn(error));
    }
}
