using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Sqlite.Tests.Assignment;

/// <summary>A file, a folder or a disk that no subject's assignment can be written to: the store is unavailable, and no subject is at fault.</summary>
public sealed class AssignmentDiskTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly StoredAssignment Assigned = new("b", "v1");

    private readonly TemporaryFolder _folder = new();
    private readonly SmallDisk _disk;
    private readonly FakeTimeProvider _time = new();
    private readonly FakeLogCollector _logs = new();

    public AssignmentDiskTests() => _disk = new SmallDisk(_folder.File("disk"));

    [Fact]
    public void A_full_disk_is_a_fault_of_the_store_until_it_has_space()
    {
        _disk.Mount("size=2m");
        using var store = new SqliteAssignmentStore(_disk.File("a.db"), Patience, _time);
        _disk.Fill();

        IOException? error = null;
        for (var i = 0; error is null && i < 100_000; i++)
        {
            error = Record.Exception(() => store.Assign(Key($"u{i}"), Assigned, null, Patience)) switch
            {
                null => null,
                IOException full => full,
                { } other => throw other,
            };
        }

        Assert.Contains("disk of the SQLite file", error!.Message, StringComparison.Ordinal);
        _disk.Free();
        Assert.Null(store.Assign(Key("later"), Assigned, null, Patience));
    }

    [Fact]
    public void A_disk_that_became_read_only_is_a_fault_of_the_store_until_it_can_be_written()
    {
        _disk.Mount("size=2m");
        new SqliteAssignmentStore(_disk.File("a.db")).Dispose();
        using var store = new SqliteAssignmentStore(_disk.File("a.db"), Patience, _time);
        _disk.Unmount();
        _disk.Mount("ro,size=2m");

        var error = Assert.ThrowsAny<IOException>(() => store.Assign(Key("u1"), Assigned, null, Patience));

        Assert.Matches("read-only|cannot be opened", error.Message);
        _disk.Remount("rw");
        Assert.Null(store.Assign(Key("u1"), Assigned, null, Patience));
    }

    [Fact]
    public void A_file_that_another_program_put_into_the_place_of_the_open_one_is_a_fault_of_the_store()
    {
        var path = _folder.File("a.db");
        using var store = new SqliteAssignmentStore(path, Patience, _time);
        File.WriteAllText(_folder.File("notes"), "notes");
        File.Move(_folder.File("notes"), path, overwrite: true);
        File.Delete(path + "-wal");

        var error = Assert.ThrowsAny<IOException>(() => store.Find(Key("u1"), Patience));

        Assert.Contains("that it is an SQLite file", error.Message, StringComparison.Ordinal);
        Assert.Equal("notes", File.ReadAllText(path));
    }

    [Fact]
    public async Task Assignments_that_were_served_while_the_folder_was_missing_are_written_once_it_is_there()
    {
        var folder = Directory.CreateDirectory(_folder.File("sub")).FullName;
        using var store = new SqliteAssignmentStore(Path.Combine(folder, "a.db"), Patience, _time);
        await using var breaker = new AssignmentStoreCircuitBreaker(store, Patience, 10, _time, new FakeLogger(_logs));
        Directory.Delete(folder, recursive: true);

        var missed = breaker.Query(Key("u1"), Assigned, null);
        breaker.WriteBehind.Enqueue(Key("u1"), Assigned);

        Assert.True(missed.IsMissed);
        Assert.True(breaker.IsUnavailable);
        var line = Assert.Single(_logs.GetSnapshot());
        Assert.Equal("StoreFailing", line.Id.Name);
        Assert.Contains("Make sure that its folder exists", line.Exception!.Message, StringComparison.Ordinal);
        Directory.CreateDirectory(folder);
        await _time.AdvanceUntil(() => breaker.WriteBehind.Count == 0);
        Assert.Equal(Assigned, store.Find(Key("u1"), Patience));
        Assert.False(breaker.IsUnavailable);
    }

    public void Dispose()
    {
        _disk.Dispose();
        _folder.Dispose();
    }

    private static AssignmentKey Key(string subject) => new("e", subject);
}
