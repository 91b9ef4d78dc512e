using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Sqlite.Tests;

/// <summary>Both registrations refuse at once what is not the path of a file, and say what a path is.</summary>
public sealed class DatabasePathTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, string> Refused => new()
    {
        { "", "is empty" },
        { "   ", "is empty" },
        { "\t\n", "is empty" },
        { ":memory:", "in-memory" },
        { " :MEMORY: ", "in-memory" },
        { "file::memory:?cache=shared", "is a URI" },
        { "assignments?mode=memory&cache=shared", "in-memory" },
        { "file:assignments.db", "is a URI" },
        { "FILE:///data/assignments.db", "is a URI" },
        { "sqlite://data/assignments.db", "is a URI" },
        { "Data Source=assignments.db", "is a connection string" },
        { "data source = assignments.db", "is a connection string" },
        { "DataSource=assignments.db;Cache=Shared", "is a connection string" },
        { "Filename=assignments.db", "is a connection string" },
        { "Pooling=False;Data Source=assignments.db", "is a connection string" },
        { "Mode=ReadOnly", "is a connection string" },
        { "|DataDirectory|assignments.db", "substitution" },
        { "a\0b.db", "NUL" },
        { ".", "is a folder" },
        { "..", "is a folder" },
        { "data/", "is a folder" },
        { "/", "is a folder" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_is_not_a_path_is_refused_by_store_and_outbox(string path, string problem)
    {
        Action[] calls =
        [
            () => new ServiceCollection().AddSqliteAssignmentStore(path),
            () => new ServiceCollection().AddSqliteOutbox(path),
            () => new ServiceCollection().AddSqliteDataBackplane(path),
            () => new SqliteAssignmentStore(path).Dispose(),
        ];
        Assert.All(calls, call =>
        {
            var error = Assert.ThrowsAny<ArgumentException>(call);
            Assert.Contains(problem, error.Message, StringComparison.Ordinal);
            Assert.Contains("Pass the path of a file in an existing folder, for example \"data/dataplane.db\".", error.Message, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void An_existing_folder_and_no_path_at_all_are_refused()
    {
        Assert.Contains("is a folder", Assert.Throws<ArgumentException>("databasePath", () => new ServiceCollection().AddSqliteAssignmentStore(Path.GetDirectoryName(_folder.File("a"))!)).Message, StringComparison.Ordinal);
        Assert.All(
            [
                Assert.Throws<ArgumentNullException>("databasePath", () => new ServiceCollection().AddSqliteAssignmentStore(null!)),
                Assert.Throws<ArgumentNullException>("path", () => new ServiceCollection().AddSqliteOutbox(null!)),
                Assert.Throws<ArgumentNullException>("path", () => new ServiceCollection().AddSqliteDataBackplane(null!)),
            ],
            error => Assert.StartsWith(
                "The path of the SQLite file is null. Pass the path of a file in an existing folder, for example \"data/dataplane.db\". If it comes from the configuration, set its key there.", error.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Data Source=assignments.db;Password=hunter2")]
    [InlineData("Data Source=:memory:;Password=hunter2")]
    [InlineData("mysql://root:hunter2@db/events")]
    public void A_password_in_what_is_no_path_is_not_repeated(string path)
    {
        Assert.DoesNotContain("hunter2", Assert.ThrowsAny<ArgumentException>(() => new ServiceCollection().AddSqliteDataBackplane(path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a=b.db")]
    [InlineData("mode.db")]
    [InlineData("data source.db")]
    [InlineData("memory.db")]
    [InlineData("my file;2.db")]
    [InlineData("日本.db")]
    [InlineData("quote's.db")]
    public void Any_other_name_is_a_file(string name)
    {
        using (var store = new SqliteAssignmentStore(_folder.File(name)))
        {
            store.Assign(new AssignmentKey("e", "u"), new StoredAssignment("b"), null, TimeSpan.FromSeconds(10));
        }

        Assert.True(File.Exists(_folder.File(name)));
    }

    [Fact]
    public void A_relative_path_is_resolved_when_it_is_registered()
    {
        var services = new ServiceCollection().AddSqliteAssignmentStore("relative.db").AddSqliteAssignmentStore("other.db");

        Assert.Equal(Path.Combine(Environment.CurrentDirectory, "relative.db"), DatabasePath.Validate("relative.db", "path"));
        Assert.Equal(2, services.Count(descriptor => descriptor.ServiceType == typeof(IAssignmentStore)));
    }

    [Theory]
    [InlineData("outbox-{pid}.db", false)]
    [InlineData("outbox-{process}-{process}.db", false)]
    [InlineData("{process}/outbox.db", false)]
    [InlineData("outbox-{process}.db", true)]
    [InlineData("outbox-{Process}.db", true)]
    [InlineData("{process}", true)]
    [InlineData("outbox-{.db", true)]
    [InlineData("outbox-}.db", true)]
    public void The_only_placeholder_is_the_process_once_in_the_name_of_an_outbox(string path, bool isKnown)
    {
        if (isKnown)
        {
            new ServiceCollection().AddSqliteOutbox(path);
        }
        else
        {
            Assert.Contains("\"data/outbox-{process}.db\"", Assert.Throws<ArgumentException>(nameof(path), () => new ServiceCollection().AddSqliteOutbox(path)).Message, StringComparison.Ordinal);
        }
    }

    public void Dispose() => _folder.Dispose();
}
