using System.Collections.Concurrent;
using System.Runtime.Versioning;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Sqlite.Tests.Delivery;

/// <summary>Files that stand in the way of an adoption, and what it leaves alone.</summary>
public sealed class OutboxAdoptionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(StoredEvents.Begin);
    private readonly FakeLogCollector _logs = new();

    [Fact]
    public async Task A_file_that_cannot_be_opened_does_not_keep_later_ones_from_being_adopted_and_degrades_health()
    {
        using var survivor = Open();
        MakeForeign(2);
        Leave(3, 5);
        survivor.Start(_ => { });

        await _time.AdvanceUntil(
            () => survivor.Count("d") == 5 && survivor.DegradedReason?.Contains(File(2), StringComparison.Ordinal) == true && _time.GetUtcNow() >= StoredEvents.Begin.AddMinutes(5),
            TimeSpan.FromSeconds(30));

        var warning = Assert.Single(_logs.GetSnapshot(), line => line.Level == LogLevel.Warning);
        Assert.Equal("OutboxAdoptionFailed", warning.Id.Name);
        Assert.Contains(File(2), warning.Message, StringComparison.Ordinal);
        Assert.Contains("another program", survivor.DegradedReason, StringComparison.Ordinal);

        System.IO.File.Delete(File(2));
        await _time.AdvanceUntil(() => survivor.DegradedReason?.Contains(File(2), StringComparison.Ordinal) != true, TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void A_process_that_starts_passes_over_a_file_that_it_cannot_open()
    {
        using var first = Open();
        MakeForeign(2);

        using var second = Open();

        Assert.Equal(File(3), second.Storage.FilePath);
    }

    [Fact]
    public void A_path_that_cannot_be_used_at_all_is_refused_with_the_first_reason()
    {
        var error = Assert.Throws<InvalidOperationException>(() => new SqliteEventOutbox(
            System.IO.Path.Combine(_folder.File("missing"), "outbox-{process}.db"), new SqliteOutboxOptions(), _time, NullLogger.Instance));

        Assert.Contains("outbox-1.db", error.Message, StringComparison.Ordinal);
        Assert.Contains("cannot be opened", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void No_event_is_lost_or_counted_twice_if_the_own_file_is_replaced_during_an_adoption(int reading)
    {
        using var other = new TemporaryFolder();
        using (var replacement = new SqliteEventOutbox(other.File("new.db"), new SqliteOutboxOptions(), _time, NullLogger.Instance))
        {
            replacement.Append("d", 100, 3);
        }

        Leave(2, 4);
        var clock = new InterruptedClock();
        using var storage = new OutboxStorage(OutboxPath.Parse(_folder.File("outbox-{process}.db"), "path"), clock, NonThrowingLogger.Of(new FakeLogger(_logs)));
        var adoption = new OutboxAdoption(
            storage, OutboxPath.Parse(_folder.File("outbox-{process}.db"), "path"), new ConcurrentDictionary<string, Action>(), 1 << 20, clock, NonThrowingLogger.Of(new FakeLogger(_logs)));
        clock.At(reading, () => System.IO.File.Move(other.File("new.db"), File(1), overwrite: true));

        adoption.AdoptAll(() => false);
        adoption.AdoptAll(() => false);

        var subjects = storage.Use(table => table.Read("d", 100)).Select(row => row.TryRead()!.Payload).OfType<ExposureEvent>().Select(exposure => exposure.SubjectId).ToList();
        Assert.Equal(Enumerable.Range(0, 4).Concat(Enumerable.Range(100, 3)).Select(number => $"subject-{number}@example.com").Order(StringComparer.Ordinal), subjects.Order(StringComparer.Ordinal));
        Assert.Equal(7, storage.Count("d"));
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void A_file_that_was_found_empty_is_not_opened_again_until_it_has_been_written()
    {
        Leave(2, 3);
        var path = OutboxPath.Parse(_folder.File("outbox-{process}.db"), "path");
        using var storage = new OutboxStorage(path, _time, NonThrowingLogger.Of(NullLogger.Instance));
        var adoption = new OutboxAdoption(storage, path, new ConcurrentDictionary<string, Action>(), 1 << 20, _time, NonThrowingLogger.Of(NullLogger.Instance));
        adoption.AdoptAll(() => false);
        adoption.AdoptAll(() => false);
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Opening a file restricts its mode, by which the test recognizes it; Windows has none.");
        const UnixFileMode untouched = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;
        System.IO.File.SetUnixFileMode(File(2), untouched);

        adoption.AdoptAll(() => false);

        Assert.Equal(untouched, System.IO.File.GetUnixFileMode(File(2)));
        Leave(2, 2);
        adoption.AdoptAll(() => false);
        Assert.NotEqual(untouched, System.IO.File.GetUnixFileMode(File(2)));
        Assert.Equal(5, storage.Count("d"));
    }

    [Fact]
    public async Task Maintenance_that_fails_degrades_health_until_it_succeeds()
    {
        using var outbox = Open(new SqliteOutboxOptions { MaxAge = TimeSpan.FromHours(1) });
        outbox.Append("gone", 0, 2);
        Run(outbox, "CREATE TRIGGER refuses BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'refused'); END;");
        outbox.Start(_ => { });

        await _time.AdvanceUntil(() => outbox.DegradedReason?.Contains("maintenance", StringComparison.Ordinal) == true, TimeSpan.FromMinutes(1));
        Assert.Contains(File(1), outbox.DegradedReason, StringComparison.Ordinal);
        Run(outbox, "DROP TRIGGER refuses;");

        await _time.AdvanceUntil(() => outbox.DegradedReason is null, TimeSpan.FromMinutes(1));
    }

    public void Dispose() => _folder.Dispose();

    private string File(int number) => _folder.File($"outbox-{number}.db");

    private SqliteEventOutbox Open(SqliteOutboxOptions? options = null) =>
        new(_folder.File("outbox-{process}.db"), options ?? new SqliteOutboxOptions(), _time, new FakeLogger(_logs));

    private static void Run(SqliteEventOutbox outbox, string sql) => outbox.Storage.Use(table =>
    {
        PreparedStatement.Execute(table.Handle, sql);
        return 0;
    });

    private void MakeForeign(int number) => StoredEvents.Execute(File(number), "CREATE TABLE another_program (id INTEGER);");

    /// <summary>Leaves events in a file, as a process that has ended does.</summary>
    private void Leave(int file, int count)
    {
        using var left = new SqliteEventOutbox(File(file), new SqliteOutboxOptions(), _time, NullLogger.Instance);
        left.Append("d", 0, count);
    }

    /// <summary>A clock that runs an action when it is read for a certain time, after which it is an ordinary clock.</summary>
    private sealed class InterruptedClock : TimeProvider
    {
        private int _left;
        private Action? _action;

        public void At(int reading, Action action) => (_left, _action) = (reading, action);

        public override DateTimeOffset GetUtcNow()
        {
            if (_action is { } action && --_left == 0)
            {
                _action = null;
                action();
            }

            return StoredEvents.Begin;
        }
    }
}
