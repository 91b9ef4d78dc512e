using ExperimentFramework.DataPlane.Sqlite.Tests.Delivery;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Testing;

namespace ExperimentFramework.DataPlane.Sqlite.Tests.Assignment;

/// <summary>Deleted assignments are removed from the write-ahead log soon after nothing reads from it.</summary>
public sealed class DeletedAssignmentsTests : IDisposable
{
    private static readonly TimeSpan HalfMinute = TimeSpan.FromSeconds(30);

    private readonly TemporaryFolder _folder = new();
    private readonly JumpingClock _time = new(StoredEvents.Begin);
    private readonly FakeLogCollector _logs = new();

    private string Path => _folder.File("assignments.db");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_forgotten_subject_leaves_the_log_half_a_minute_after_the_last_reader_even_if_other_work_fails(bool isOtherWorkFailing)
    {
        using var store = new SqliteAssignmentStore(Path, TimeSpan.FromMilliseconds(1), _time);
        store.Assign(Key("anna"), new StoredAssignment("b"), null, HalfMinute);
        if (isOtherWorkFailing)
        {
            store.Assign(Key("berta"), new StoredAssignment("b"), null, HalfMinute);
            StoredEvents.Execute(Path, "UPDATE assignment SET last_seen_at = 0; CREATE TRIGGER refuses BEFORE UPDATE ON assignment BEGIN SELECT RAISE(ABORT, 'refused'); END;");
            store.Find(Key("berta"), HalfMinute);
        }

        using (var reader = new SqliteConnection($"Data Source={Path};Pooling=False"))
        {
            reader.Open();
            PreparedStatement.Execute(reader.Handle!, "BEGIN; SELECT count(*) FROM assignment;");
            await store.ForgetAsync("anna", cancellationToken: TestContext.Current.CancellationToken);
            Assert.True(IsInLog("anna"));
        }

        var ended = _time.GetUtcNow();
        await _time.AdvanceUntil(() => !IsInLog("anna"), TimeSpan.FromSeconds(5));

        // Time may pass while the background work is under way.
        Assert.InRange(_time.GetUtcNow() - ended, TimeSpan.Zero, HalfMinute + TimeSpan.FromSeconds(25));
    }

    [Fact]
    public void A_log_that_cannot_be_emptied_is_said_once_until_it_was_emptied()
    {
        Exception? fault = new IOException();
        using var deleted = new DeletedAssignments(Path, _time, NonThrowingLogger.Of(new FakeLogger(_logs)), _ => fault is null ? true : throw fault);

        deleted.EmptyLog();
        deleted.EmptyLog();
        Assert.Equal("AssignmentLogNotEmptied", Assert.Single(_logs.GetSnapshot()).Id.Name);

        fault = null;
        deleted.EmptyLog();
        fault = new IOException();
        deleted.EmptyLog();
        Assert.Equal(2, _logs.Count);
    }

    public void Dispose() => _folder.Dispose();

    private static AssignmentKey Key(string subject) => new("e", subject);

    private bool IsInLog(string text)
    {
        try
        {
            using var log = new FileStream(Path + "-wal", FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(log, System.Text.Encoding.Latin1);
            return reader.ReadToEnd().Contains(text, StringComparison.Ordinal);
        }
        catch (FileNotFoundException)
        {
            // A connection whose work failed is closed, and the last one deletes the log.
            return false;
        }
    }
}
