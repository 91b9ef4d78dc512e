using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace ExperimentFramework.DataPlane.PostgreSql.Tests;

/// <summary>A server that cannot be reached is a warning of each part, once, although each tries again and again.</summary>
public sealed class UnavailableServerTests : IAsyncDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly FakeLogCollector _logs = new();

    /// <summary>No server listens on this port.</summary>
    private readonly NpgsqlDataSource _source = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1;Username=u;Database=d");

    [Fact]
    public async Task The_destination_says_that_its_partitions_cannot_be_prepared()
    {
        await using var destination = new PostgreSqlDataBackplane(_source, null, _time, new FakeLogger(_logs));

        await AssertWarningAsync(new EventId(180, "EventUpkeepFailed"), () => true);
    }

    [Fact]
    public async Task The_assignment_store_says_that_sightings_cannot_be_written()
    {
        await using var store = new PostgreSqlAssignmentStore(_source, new PostgreSqlAssignmentStoreOptions { Retention = TimeSpan.FromDays(30) }, _time, new FakeLogger<PostgreSqlAssignmentStore>(_logs));

        await AssertWarningAsync(new EventId(185, "AssignmentUpkeepFailed"), () => store.DegradedReason is not null);
    }

    [Fact]
    public async Task The_outbox_says_that_it_cannot_be_used()
    {
        using var outbox = new PostgreSqlEventOutbox(_source, new PostgreSqlOutboxOptions(), "tests", _time, new FakeLogger(_logs));
        outbox.Start(_ => Assert.Fail("Nothing is to be dropped."));

        await AssertWarningAsync(new EventId(187, "PostgreSqlOutboxUnavailable"), () => outbox.DegradedReason is not null);
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private async Task AssertWarningAsync(EventId id, Func<bool> isSeen)
    {
        await _time.AdvanceUntil(() => _logs.Count > 0 && isSeen(), Step);

        // Tried several times more.
        var before = _time.GetUtcNow();
        await _time.AdvanceUntil(() => _time.GetUtcNow() > before + TimeSpan.FromMinutes(10), Step);
        var line = Assert.Single(_logs.GetSnapshot());
        Assert.Equal((LogLevel.Warning, id), (line.Level, line.Id));
        Assert.NotNull(line.Exception);
    }
}
