using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Sqlite.Tests.Delivery;

/// <summary>Rows that another program wrote, or a damaged disk: each is dropped and counted once, and holds up nothing.</summary>
public sealed class OutboxRowTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(StoredEvents.Begin);
    private readonly List<string> _lost = [];

    [Theory(Timeout = 120_000)]
    [InlineData("envelope = cast(x'e2' as text)", "exp/b/serialization")]
    [InlineData("envelope = x'7b7d'", "exp/b/serialization")]
    [InlineData("envelope = ''", "exp/b/serialization")]
    [InlineData("envelope = 17", "exp/b/serialization")]
    [InlineData("envelope = '{\"eventId\":\"\\ud800\"}'", "exp/b/serialization")]
    [InlineData("position = 'first'", "exp/b/serialization")]
    [InlineData("position = x'00'", "exp/b/serialization")]
    [InlineData("envelope = '{', experiment = x'e2', variant = cast(x'e2' as text)", "//serialization")]
    public async Task A_row_that_cannot_be_read_is_dropped_once(string change, string lost)
    {
        await Task.Run(
            () =>
            {
                using var outbox = Reopened(change);

                Assert.Equal(["subject-0@example.com", "subject-2@example.com"], outbox.Read("d", lost: _lost).Subjects().Order());
                Assert.Equal([lost], _lost);
                Assert.Equal(2, outbox.Read("d", lost: _lost).Count);
                Assert.Equal([lost], _lost);
                Assert.Equal(2, outbox.Count("d"));
            },
            TestContext.Current.CancellationToken);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("stored_at = 'yesterday'")]
    [InlineData("size = 'large'")]
    [InlineData("size = x'00'")]
    public async Task A_row_whose_event_can_be_read_is_delivered(string change)
    {
        await Task.Run(
            () =>
            {
                using var outbox = Reopened(change);

                Assert.Equal(3, outbox.Read("d", lost: _lost).Count);
                outbox.Remove("d", outbox.Read("d"));
                Assert.Equal(0, outbox.Count("d"));
            },
            TestContext.Current.CancellationToken);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("destination = cast(x'e2' as text)")]
    [InlineData("destination = x'64'")]
    public async Task A_row_of_an_unreadable_destination_is_said_and_expires(string change)
    {
        await Task.Run(
            async () =>
            {
                using var outbox = Reopened(change);
                outbox.Register("d", "d", () => { });
                ConcurrentQueue<string> lost = new();
                outbox.Start(dropped => lost.Enqueue($"{dropped.ExperimentName}/{dropped.VariantKey}/{dropped.Reason}"));
                Assert.Contains("1 for (unreadable 2)", outbox.DegradedReason, StringComparison.Ordinal);

                // An event is removed before it is counted.
                await _time.AdvanceUntil(() => !lost.IsEmpty, TimeSpan.FromDays(1));

                Assert.Equal(["exp/b/outbox_expired"], lost);
                Assert.Null(outbox.DegradedReason);
            },
            TestContext.Current.CancellationToken);
    }

    public void Dispose() => _folder.Dispose();

    private SqliteEventOutbox Reopened(string change)
    {
        var path = _folder.File("outbox.db");
        using (var outbox = Open(path))
        {
            outbox.Append("d", 0, 3);
        }

        StoredEvents.Execute(path, $"UPDATE event SET {change} WHERE position = 1;");
        return Open(path);
    }

    private SqliteEventOutbox Open(string path) => new(path, new SqliteOutboxOptions(), _time, NullLogger.Instance);
}
