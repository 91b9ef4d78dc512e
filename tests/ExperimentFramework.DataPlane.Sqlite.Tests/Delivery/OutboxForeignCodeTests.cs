using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Sqlite.Tests.Delivery;

/// <summary>No lock of the outbox is held while a clock, a logger or a callback runs.</summary>
public sealed class OutboxForeignCodeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(StoredEvents.Begin);
    private readonly ForeignCode _foreign = new();

    public static TheoryData<string> Calls => ["Append", "Read", "Remove", "NextPosition", "Register"];

    [Theory(Timeout = 120_000)]
    [MemberData(nameof(Calls))]
    public async Task A_clock_that_needs_the_outbox_is_not_held_up_by_it(string call)
    {
        using var outbox = new SqliteEventOutbox(Path, new SqliteOutboxOptions(), new ForeignClock(_time, _foreign), NullLogger.Instance);
        outbox.Append("d", 0, 3);
        outbox.Append("~old", 0, 3);
        _foreign.Needs = () => outbox.NextPosition("d");

        await Task.Run(() => Make(outbox, call), TestContext.Current.CancellationToken);

        Assert.False(_foreign.WasHeldUp);
        Assert.True(_foreign.Calls > 0);
    }

    [Fact(Timeout = 120_000)]
    public async Task The_handler_of_a_dropped_event_may_use_the_outbox()
    {
        using var outbox = new SqliteEventOutbox(Path, new SqliteOutboxOptions { MaxAge = TimeSpan.FromHours(1) }, _time, NullLogger.Instance);
        _foreign.Needs = () => outbox.NextPosition("d");
        await Task.Run(
            () =>
            {
                outbox.Append("d", [new QueuedEnvelope(StoredEvents.Unwritable(), 0)], _ => _foreign.Run());
                outbox.Append("d", 1, 1);
                _time.Advance(TimeSpan.FromHours(2));
                outbox.Read("d", [], 10, _ => _foreign.Run());
            },
            TestContext.Current.CancellationToken);

        Assert.Equal((false, 2), (_foreign.WasHeldUp, _foreign.Calls));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_logger_that_needs_the_outbox_is_not_held_up_by_it()
    {
        using var outbox = new SqliteEventOutbox(Path, new SqliteOutboxOptions(), _time, new ForeignLogger<SqliteEventOutbox>(_foreign));
        outbox.Append("gone", 0, 1);
        _foreign.Needs = () => outbox.NextPosition("d");
        await Task.Run(
            () =>
            {
                File.Delete(Path);
                outbox.Append("d", 0, 1);
                outbox.Register("d", "d", () => { });
                outbox.Start(_ => { });
            },
            TestContext.Current.CancellationToken);

        Assert.Equal((false, 2), (_foreign.WasHeldUp, _foreign.Calls));
    }

    public void Dispose() => _folder.Dispose();

    private string Path => _folder.File("outbox.db");

    private static void Make(SqliteEventOutbox outbox, string call)
    {
        switch (call)
        {
            case "Append":
                outbox.Append("d", 3, 2);
                break;
            case "Read":
                outbox.Read("d");
                break;
            case "Remove":
                outbox.Remove("d", outbox.Read("d"));
                break;
            case "NextPosition":
                outbox.NextPosition("d");
                break;
            default:
                outbox.Register("Namespace.old", "old", () => { });
                break;
        }
    }
}
