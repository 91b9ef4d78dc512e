using System.Diagnostics;
using ExperimentFramework.DataPlane.Tests.Assignment;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Sqlite.Tests.Assignment;

public sealed class SqliteAssignmentStoreTests : AssignmentStoreForgetContract, IDisposable
{
    private static readonly AssignmentKey Key = new("checkout", "u1", "user");
    private readonly TemporaryFolder _folder = new();
    private readonly List<IDisposable> _opened = [];

    public void Dispose()
    {
        _opened.ForEach(opened => opened.Dispose());
        _folder.Dispose();
    }

    protected override ValueTask<IAssignmentStore> CreateAsync() => new(Open());

    [Fact]
    public void Assignments_outlast_the_process_that_made_them()
    {
        using (var before = new SqliteAssignmentStore(_folder.File("assignments.db")))
        {
            before.Assign(Key, new StoredAssignment("b", "v1"), null, Patience);
        }

        Assert.Equal(new StoredAssignment("b", "v1"), Open().Find(Key, Patience));
    }

    [Fact]
    public void Another_program_can_read_them_from_the_table()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        using var store = new SqliteAssignmentStore(_folder.File("assignments.db"), timeProvider: time);
        store.Assign(Key, new StoredAssignment("b", "v1"), null, Patience);

        using var reader = Connect();
        using var command = reader.CreateCommand();
        command.CommandText = "SELECT experiment || '/' || tenant || '/' || subject_type || '/' || subject_id || '/' || variant || '/' || allocation_version || '/' || assigned_at FROM assignment;";
        Assert.Equal("checkout//user/u1/b/v1/1772366400000", command.ExecuteScalar());
        command.CommandText = "PRAGMA journal_mode;";
        Assert.Equal("wal", command.ExecuteScalar());
        command.CommandText = "SELECT version FROM schema_version WHERE part = 'assignment';";
        Assert.Equal(2L, command.ExecuteScalar());
    }

    [Fact]
    public void Several_processes_that_start_at_once_find_one_table_and_one_winner()
    {
        var start = new Barrier(8);
        var answers = new string[8];
        var threads = Enumerable.Range(0, 8).Select(process => new Thread(() =>
        {
            start.SignalAndWait();
            using var store = new SqliteAssignmentStore(_folder.File("assignments.db"));
            var candidate = new StoredAssignment($"variant-{process}");
            answers[process] = (store.Assign(Key, candidate, null, Patience) ?? candidate).VariantKey;
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        Assert.Single(answers.Distinct());
    }

    [Fact]
    public void A_file_that_another_program_writes_to_can_be_read_and_is_waited_for_no_longer_than_the_timeout()
    {
        var store = Open();
        store.Assign(Key, new StoredAssignment("b"), null, Patience);
        using var other = Connect();
        using var transaction = other.BeginTransaction(deferred: false);

        Assert.Equal("b", store.Find(Key, TimeSpan.FromMilliseconds(1))!.VariantKey);
        var waited = Stopwatch.StartNew();
        Assert.Throws<TimeoutException>(() =>
            store.Assign(new AssignmentKey("checkout", "u2"), new StoredAssignment("b"), null, TimeSpan.FromMilliseconds(1)));
        Assert.InRange(waited.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(3));
        transaction.Rollback();

        Assert.Null(store.Assign(new AssignmentKey("checkout", "u2"), new StoredAssignment("b"), null, Patience));
    }

    [Fact]
    public void A_further_connection_waits_no_longer_than_the_timeout_for_a_file_that_is_locked()
    {
        var store = Open();
        using var other = Connect();
        Execute(other, "DROP TABLE assignment;");

        // A connection that fails is not used again, and nobody else has the file open now.
        Assert.Throws<SqliteException>(() => store.Find(Key, Patience));
        Execute(other, "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT;");
        var waited = Stopwatch.StartNew();
        Assert.Throws<TimeoutException>(() => store.Find(Key, TimeSpan.FromMilliseconds(20)));

        // The provider's own commands would wait for seconds.
        Assert.InRange(waited.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(3));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(10_001)]
    public void A_timeout_that_nobody_can_mean_is_refused(int milliseconds) =>
        Assert.Throws<ArgumentOutOfRangeException>("timeout", () => new SqliteAssignmentStore(_folder.File("a.db"), TimeSpan.FromMilliseconds(milliseconds)));

    [Fact]
    public void A_file_that_is_no_database_is_refused_with_its_path()
    {
        var path = _folder.File("assignments.db");
        File.WriteAllText(path, string.Concat(Enumerable.Repeat("not a database, ", 100)));

        var error = Assert.Throws<InvalidOperationException>(() => new SqliteAssignmentStore(path));

        Assert.StartsWith($"SQLite file '{path}' cannot be used for assignments: ", error.Message, StringComparison.Ordinal);
        Assert.StartsWith("not a database, ", File.ReadAllText(path), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_does_not_exist_is_an_error_that_says_so()
    {
        var error = Assert.Throws<InvalidOperationException>(() => new SqliteAssignmentStore(Path.Combine(_folder.File("missing"), "a.db")));

        Assert.Contains("Make sure that its folder exists", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_a_newer_program_is_refused()
    {
        Open();
        using (var other = Connect())
        using (var command = other.CreateCommand())
        {
            command.CommandText = "UPDATE schema_version SET version = 9;";
            command.ExecuteNonQuery();
        }

        var error = Assert.Throws<InvalidOperationException>(Open);

        Assert.Contains("has version 9, but this version of the package supports up to 2. Upgrade the application", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_store_that_is_closed_says_so()
    {
        var store = Open();
        store.Dispose();

        Assert.Throws<ObjectDisposedException>(() => store.Find(Key, Patience));
    }

    [Fact]
    public async Task A_subject_keeps_its_variant_over_a_restart_and_a_change_of_the_selector()
    {
        var path = _folder.File("assignments.db");
        foreach (var (selected, reason) in new[] { ("b", "computed"), ("control", "sticky") })
        {
            var services = new ServiceCollection();
            services.AddSingleton<Plain>().AddSingleton<Bold>();
            services.AddSqliteAssignmentStore(path);
            services.AddInMemoryDataBackplane();
            services.AddExperimentFramework(experiments => experiments.WithExposureLogging().Trial<IBanner>(trial => trial
                .AddControl<Plain>().AddVariant<Bold>("b").Using(new Answering(selected)).WithPolicy(AssignmentPolicy.SubjectSticky)));
            await using var provider = services.BuildServiceProvider();

            Assert.Equal("bold", provider.GetRequiredService<IBanner>().Text("u1"));

            var exposure = Assert.IsType<ExposureEvent>(Assert.Single(provider.GetRequiredService<InMemoryDataBackplane>().Events).Payload);
            Assert.Equal((reason, AssignmentPolicy.SubjectSticky), (exposure.SelectionReason, exposure.AssignmentPolicy));
        }
    }

    private static TimeSpan Patience => TimeSpan.FromSeconds(10);

    private SqliteAssignmentStore Open()
    {
        var store = new SqliteAssignmentStore(_folder.File("assignments.db"));
        _opened.Add(store);
        return store;
    }

    private SqliteConnection Connect()
    {
        var connection = new SqliteConnection($"Data Source={_folder.File("assignments.db")};Pooling=False");
        connection.Open();
        return connection;
    }

    private static void Execute(SqliteConnection connection, string script)
    {
        using var command = connection.CreateCommand();
        command.CommandText = script;
        command.ExecuteNonQuery();
    }

    private sealed class Answering(string variant) : IVariantSelector
    {
        public VariantSelection Select(in SelectionContext context) => new(variant, "computed");
    }
}

[ExposureLogged("banner")]
public interface IBanner
{
    string Text([ExposureSubject("user")] string user);
}

public sealed class Plain : IBanner
{
    public string Text(string user) => "plain";
}

public sealed class Bold : IBanner
{
    public string Text(string user) => "bold";
}
