using ExperimentFramework.DataPlane.Sqlite.Tests.Delivery;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Sqlite.Tests.Assignment;

/// <summary>A row that holds no assignment is replaced, and no caller waits or fails for it.</summary>
public sealed class AssignmentRowTests : IDisposable
{
    /// <summary>Longer than anything that the random name of a folder may hold.</summary>
    private const string Subject = "the-subject";

    private static readonly AssignmentKey Key = new("checkout", Subject, "user");
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly TemporaryFolder _folder = new();
    private readonly FakeLogCollector _logs = new();
    private readonly FakeTimeProvider _time = new(StoredEvents.Begin);

    public static MatrixTheoryData<string, bool> Rows { get; } = new(
        [
            "variant = cast(x'e2' as text)",
            "variant = cast(x'eda080' as text)",
            "variant = x'62'",
            "variant = x''",
            "variant = ''",
            "variant = zeroblob(20000000)",
            "variant = printf('%.*c', 16385, 'x')",
            "allocation_version = cast(x'e2' as text)",
            "allocation_version = x'76'",
            "allocation_version = printf('%.*c', 16385, 'x')",
            "variant = null",
            "variant = 17",
            "variant = 1.5",
        ],
        [false, true]);

    [Theory(Timeout = 120_000)]
    [MemberData(nameof(Rows))]
    public async Task A_row_that_cannot_be_read_is_replaced_counted_and_said(string change, bool isExpected)
    {
        await Task.Run(
            () =>
            {
                using var store = Open();
                Write(change);
                StoredAssignment candidate = new("c", "v2");

                Assert.Null(store.Find(Key, Patience));
                Assert.Null(store.Assign(Key, candidate, isExpected ? new StoredAssignment("\uFFFD", "v1") : null, Patience));

                Assert.Equal(candidate, store.Find(Key, Patience));
                Assert.Equal(2L, store.Diagnostics["unreadable_rows"]);
                var line = Assert.Single(_logs.GetSnapshot());
                Assert.Equal(LogLevel.Warning, line.Level);
                Assert.StartsWith($"An assignment of experiment checkout in '{Path}' cannot be read: ", line.Message, StringComparison.Ordinal);
                Assert.DoesNotContain(Subject, line.Message, StringComparison.Ordinal);
            },
            TestContext.Current.CancellationToken);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("variant = cast(x'6100' as text)", "a\0")]
    [InlineData("variant = cast(x'006100' as text)", "\0a\0")]
    [InlineData("variant = ' '", " ")]
    [InlineData("variant = cast(x'efbfbd' as text)", "\uFFFD")]
    public async Task Strange_text_is_text_and_can_be_replaced(string change, string variant)
    {
        await Task.Run(
            () =>
            {
                using var store = Open();
                Write(change);
                StoredAssignment strange = new(variant, "v1");

                Assert.Equal(strange, store.Find(Key, Patience));
                Assert.Equal(strange, store.Assign(Key, new StoredAssignment("c"), null, Patience));
                Assert.Null(store.Assign(Key, new StoredAssignment("c"), strange, Patience));
                Assert.Equal(new StoredAssignment("c"), store.Find(Key, Patience));
            },
            TestContext.Current.CancellationToken);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_variant_with_half_a_surrogate_is_stored_as_the_replacement_character()
    {
        await Task.Run(
            () =>
            {
                using var store = Open();
                store.Assign(Key, new StoredAssignment("\uD800"), null, Patience);

                Assert.Equal(new StoredAssignment("\uFFFD"), store.Find(Key, Patience));
                Assert.Equal(new StoredAssignment("\uFFFD"), store.Assign(Key, new StoredAssignment("c"), new StoredAssignment("\uD800"), Patience));
            },
            TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData(16_384, true)]
    [InlineData(16_385, false)]
    public void What_could_not_be_read_back_is_not_written(int length, bool isWritten)
    {
        using var store = Open();
        foreach (var candidate in (StoredAssignment[])[new(new string('x', length)), new("b", new string('x', length))])
        {
            if (isWritten)
            {
                var key = new AssignmentKey("e", candidate.VariantKey);
                Assert.Null(store.Assign(key, candidate, null, Patience));
                Assert.Equal(candidate, store.Find(key, Patience));
            }
            else
            {
                Assert.Throws<ArgumentException>("candidate", () => store.Assign(Key, candidate, null, Patience));
            }
        }
    }

    public void Dispose() => _folder.Dispose();

    private string Path => _folder.File("assignments.db");

    private SqliteAssignmentStore Open() => new(Path, null, _time, null, new FakeLogger<SqliteAssignmentStore>(_logs));

    /// <summary>Writes a row as another program may, whose table has no constraints.</summary>
    private void Write(string change) => StoredEvents.Execute(
        Path,
        $"""
        DROP TABLE assignment;
        CREATE TABLE assignment (
            experiment TEXT NOT NULL, tenant TEXT NOT NULL, subject_type TEXT NOT NULL, subject_id TEXT NOT NULL,
            variant BLOB, allocation_version TEXT, assigned_at INTEGER NOT NULL, last_seen_at INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (experiment, tenant, subject_type, subject_id)) WITHOUT ROWID;
        INSERT INTO assignment VALUES ('checkout', '', 'user', '{Subject}', 'b', 'v1', 0, {StoredEvents.Begin.ToUnixTimeMilliseconds()});
        UPDATE assignment SET {change};
        """);
}
