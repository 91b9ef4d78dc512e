using ExperimentFramework.DataPlane.Sqlite.Tests.Delivery;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Sqlite.Tests.Assignment;

/// <summary>A file that is damaged, deleted or replaced, foreign code, and an end in the midst of a call.</summary>
public sealed class AssignmentFileTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly StoredAssignment Assigned = new("b", "v1");

    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(StoredEvents.Begin);
    private readonly FakeLogCollector _logs = new();

    [Theory]
    [InlineData("middle")]
    [InlineData("header")]
    [InlineData("zeroes")]
    public void A_damaged_file_is_set_aside_with_a_message_and_a_new_one_begun(string damage)
    {
        Fill();
        Damage(damage);

        using var store = Open();

        // Damage in the middle is met by the first call that comes across it.
        for (var i = 0; i < 3_000; i++)
        {
            store.Find(Key($"u{i}"), Patience);
        }

        Assert.Null(store.Assign(Key("new"), Assigned, null, Patience));
        Assert.Equal(Assigned, store.Find(Key("new"), Patience));
        Assert.Contains("assignments.db.damaged-20260301T120000Z", _folder.Files());
        var line = Assert.Single(_logs.GetSnapshot());
        Assert.Equal(LogLevel.Error, line.Level);
        Assert.Equal(
            $"The assignment file '{Path}' is damaged. It was renamed to '{Path}.damaged-20260301T120000Z', with its assignments, and a new file was created.", line.Message);
    }

    [Fact]
    public async Task Damaged_copies_are_deleted_once_they_are_older_than_assignments_may_be()
    {
        Fill();
        Damage("zeroes");
        using var store = Open(TimeSpan.FromHours(2));
        await _time.AdvanceUntil(() => _time.GetUtcNow() >= StoredEvents.Begin.AddHours(2), TimeSpan.FromMinutes(1));
        Assert.Contains("assignments.db.damaged-20260301T120000Z", _folder.Files());

        await _time.AdvanceUntil(() => !_folder.Files().Any(file => file.Contains("damaged", StringComparison.Ordinal)), TimeSpan.FromMinutes(1));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void A_file_that_is_deleted_or_replaced_while_it_is_open_is_noticed_by_the_next_call(bool isReplaced, bool hasIdleConnection)
    {
        using var store = Open();
        store.Assign(Key("u1"), Assigned, null, Patience);
        var generation = store.Generation;
        if (isReplaced)
        {
            using (var other = new SqliteAssignmentStore(_folder.File("other.db")))
            {
                other.Assign(Key("u1"), new StoredAssignment("replaced"), null, Patience);
            }

            File.Move(_folder.File("other.db"), Path, overwrite: true);
            File.Delete(Path + "-wal");
            File.Delete(Path + "-shm");
        }
        else
        {
            foreach (var file in _folder.Files())
            {
                File.Delete(_folder.File(file));
            }
        }

        if (hasIdleConnection)
        {
            Assert.Equal(isReplaced ? "replaced" : null, store.Find(Key("u1"), Patience)?.VariantKey);
        }
        else
        {
            var stands = store.Assign(Key("u1"), new StoredAssignment("later"), null, Patience);
            Assert.Equal(isReplaced ? "replaced" : null, stands?.VariantKey);
        }

        Assert.NotEqual(generation, store.Generation);
        Assert.Equal(1L, store.Diagnostics["reopened"]);
        Assert.True(File.Exists(Path));
        var line = Assert.Single(_logs.GetSnapshot());
        Assert.Equal(LogLevel.Error, line.Level);
        Assert.StartsWith($"The assignment file '{Path}' was deleted or replaced while it was open.", line.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(OpenFiles(), file => file.StartsWith(Path, StringComparison.Ordinal) && file.EndsWith("(deleted)", StringComparison.Ordinal));
        using var second = new SqliteAssignmentStore(Path);
        store.Assign(Key("u2"), Assigned, null, Patience);
        Assert.Equal(Assigned, second.Find(Key("u2"), Patience));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_file_that_is_renamed_while_it_is_open_keeps_its_assignments(bool isUsedLater)
    {
        using (var store = Open())
        {
            store.Assign(Key("u1"), Assigned, null, Patience);
            File.Move(Path, _folder.File("moved.db"));
            if (isUsedLater)
            {
                store.Assign(Key("u2"), Assigned, null, Patience);
            }
        }

        using var moved = new SqliteAssignmentStore(_folder.File("moved.db"));
        Assert.Equal(Assigned, moved.Find(Key("u1"), Patience));
        Assert.Null(moved.Find(Key("u2"), Patience));
    }

    [Fact]
    public void A_file_whose_folder_is_gone_is_an_error_that_says_so_until_it_is_back()
    {
        Directory.CreateDirectory(_folder.File("sub"));
        using var store = new SqliteAssignmentStore(_folder.File("sub/a.db"), null, _time, null, new FakeLogger<SqliteAssignmentStore>(_logs));
        Directory.Delete(_folder.File("sub"), recursive: true);

        Assert.Contains("Make sure that its folder exists", Assert.ThrowsAny<IOException>(() => store.Find(Key("u1"), Patience)).Message, StringComparison.Ordinal);
        Directory.CreateDirectory(_folder.File("sub"));
        Assert.Null(store.Find(Key("u1"), Patience));
    }

    [Fact]
    public void A_call_that_failed_does_not_keep_the_file_from_being_opened_anew()
    {
        using var store = Open();
        StoredEvents.Execute(Path, "DROP TABLE assignment;");
        Assert.Throws<Microsoft.Data.Sqlite.SqliteException>(() => store.Find(Key("u1"), Patience));
        File.Delete(Path);

        Assert.Null(store.Find(Key("u1"), TimeSpan.FromSeconds(2)));
    }

    [Fact]
    public void A_subject_that_has_an_assignment_does_not_wait_for_a_writer()
    {
        using var store = Open();
        store.Assign(Key("u1"), Assigned, null, Patience);
        using var other = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Path};Pooling=False");
        other.Open();
        using var transaction = other.BeginTransaction(deferred: false);

        Assert.Equal(Assigned, store.Assign(Key("u1"), new StoredAssignment("c"), null, TimeSpan.FromMilliseconds(1)));
    }

    [Fact]
    public void An_outbox_is_refused()
    {
        new SqliteEventOutbox(Path, new SqliteOutboxOptions(), _time, NullLogger.Instance).Dispose();

        var error = Assert.Throws<InvalidOperationException>(() => Open());

        Assert.Equal($"SQLite file '{Path}' is an outbox. Use another file for assignments.", error.Message);
    }

    [Fact(Timeout = 120_000)]
    public async Task No_lock_is_held_while_a_clock_or_a_logger_runs()
    {
        var foreign = new ForeignCode();
        using var store = new SqliteAssignmentStore(
            Path, Patience, new ForeignClock(_time, foreign), null, new ForeignLogger<SqliteAssignmentStore>(foreign));
        using var other = new SqliteAssignmentStore(Path, Patience, _time);
        var number = 0;
        foreign.Needs = () => other.Assign(Key($"needed-{number++}"), Assigned, null, TimeSpan.FromSeconds(1));
        await Task.Run(
            async () =>
            {
                store.Assign(Key("u1"), Assigned, null, Patience);
                store.Find(Key("u1"), Patience);
                store.Assign(Key("u1"), new StoredAssignment("c"), Assigned, Patience);
                await store.ForgetAsync("u1");
                foreign.Needs = () => store.Find(Key("u1"), Patience);
                File.Delete(Path);
                store.Find(Key("u1"), Patience);
            },
            TestContext.Current.CancellationToken);

        Assert.False(foreign.WasHeldUp);
        Assert.InRange(number, 8, 100);
    }

    [Fact(Timeout = 120_000)]
    public async Task Dispose_during_calls_lets_them_end_and_closes_the_file()
    {
        for (var round = 0; round < 20; round++)
        {
            var path = _folder.File($"assignments-{round}.db");
            var store = new SqliteAssignmentStore(path, Patience, _time);
            using var begun = new CountdownEvent(4);
            var calls = Enumerable.Range(0, 4).Select(caller => Task.Run(
                () =>
                {
                    begun.Signal();
                    try
                    {
                        for (var i = 0; ; i++)
                        {
                            store.Assign(Key($"{caller}-{i}"), Assigned, null, Patience);
                            Assert.Equal(Assigned, store.Find(Key($"{caller}-{i}"), Patience));
                        }
                    }
                    catch (ObjectDisposedException)
                    {
                        return;
                    }
                },
                TestContext.Current.CancellationToken)).ToArray();
            Assert.True(begun.Wait(TimeSpan.FromSeconds(60)));
            store.Dispose();
            store.Dispose();

            await Task.WhenAll(calls).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

            // The work in the background may have been under way, and closes what it used a moment later.
            await Eventually.Holds(() => !OpenFiles().Any(file => file.StartsWith(path, StringComparison.Ordinal)));
            await Assert.ThrowsAsync<ObjectDisposedException>(() => store.ForgetAsync("u").AsTask());
        }
    }

    public void Dispose() => _folder.Dispose();

    private string Path => _folder.File("assignments.db");

    private static AssignmentKey Key(string subject) => new("e", subject);

    private SqliteAssignmentStore Open(TimeSpan? retention = null) => new(Path, Patience, _time, retention, new FakeLogger<SqliteAssignmentStore>(_logs));

    /// <summary>The files that this process has open; none where the system does not say.</summary>
    private static IReadOnlyList<string> OpenFiles() => OperatingSystem.IsLinux()
        ? [.. Directory.GetFiles("/proc/self/fd").Select(file => new FileInfo(file).LinkTarget).OfType<string>()]
        : [];

    private void Fill()
    {
        new SqliteAssignmentStore(Path).Dispose();
        StoredEvents.Execute(
            Path,
            """
            INSERT INTO assignment WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 2999)
                SELECT 'e', '', '', 'u' || i, 'b', 'v1', 0, 0 FROM n;
            """);
    }

    private void Damage(string damage)
    {
        var bytes = File.ReadAllBytes(Path);
        Assert.True(bytes.Length > 50_000);
        Array.Fill(bytes, damage == "zeroes" ? (byte)0 : (byte)0x5a, damage == "middle" ? 16_384 : 0, damage == "header" ? 16 : 16_384);
        File.WriteAllBytes(Path, bytes);
    }
}
