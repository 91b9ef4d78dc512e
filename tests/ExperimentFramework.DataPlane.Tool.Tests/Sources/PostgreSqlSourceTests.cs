using System.Text.Json.Nodes;
using ExperimentFramework.DataPlane.PostgreSql;
using ExperimentFramework.DataPlane.PostgreSql.Tests;
using ExperimentFramework.DataPlane.Tool.Tests.Streams;

namespace ExperimentFramework.DataPlane.Tool.Tests.Sources;

/// <summary>Tables are read like files; passwords come from the environment.</summary>
public sealed class PostgreSqlSourceTests(SharedServer shared)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("inspect")]
    [InlineData("srm")]
    [InlineData("readout", "-e", "checkout")]
    public async Task The_answer_about_tables_is_that_about_a_file(string command, params string[] options)
    {
        using var tool = new ToolFixture();
        var events = SampleStream.All.Concat(SampleStream.Purchases).OrderBy(envelope => (envelope.Timestamp, envelope.EventId)).ToArray();
        await File.WriteAllBytesAsync(tool.Path("events.jsonl"), SampleStream.Lines(events), Token);
        await using var database = await DatabaseAsync(events);

        var ofFile = await tool.RunAsync([command, tool.Path("events.jsonl"), "--json", .. options]);
        var ofTables = await tool.RunAsync([command, $"postgresql://postgres@127.0.0.1:{database.Server.Port}/{database.Name}?sslmode=disable", "--json", .. options]);

        Assert.Equal((ofFile.Code, ""), (ofTables.Code, ofTables.Error));
        Assert.Equal(WithoutFiles(ofFile), WithoutFiles(ofTables));
    }

    [Fact]
    public async Task A_connection_string_and_another_schema_are_read_too()
    {
        using var tool = new ToolFixture();
        await using var database = await DatabaseAsync(SampleStream.Few, "other");

        var run = await tool.RunAsync("tail", $"Host=127.0.0.1;Port={database.Server.Port};Database={database.Name};Username=postgres;Schema=other", "-n", "1000", "--json");

        Assert.Equal((0, SampleStream.Few.Count), (run.Code, run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length));
    }

    [Fact]
    public async Task Rows_cannot_be_followed()
    {
        using var tool = new ToolFixture();

        var run = await tool.RunAsync("tail", "postgresql://user@db/experiments", "--follow");

        Assert.Equal((2, ""), (run.Code, run.Output));
        Assert.Contains("'postgresql://user@db/experiments' cannot be followed", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("postgresql://user:hidden@db/experiments", "Set PGPASSWORD in the environment")]
    [InlineData("postgresql://user@db/experiments?password=hidden", "Set PGPASSWORD in the environment")]
    [InlineData("Host=db;Password=hidden", "Set PGPASSWORD in the environment")]
    [InlineData("Server=db;Database=x;Username=ann;Password=hidden", "Set PGPASSWORD in the environment")]
    [InlineData("Username=ann;Password=hidden;Host=db", "Set PGPASSWORD in the environment")]
    [InlineData("Host =db;Password=hidden", "Set PGPASSWORD in the environment")]
    [InlineData("host=db user=ann password=hidden", "cannot be read. Write it as postgresql://USER@HOST:PORT/DATABASE")]
    [InlineData("server=db password=hidden", "cannot be read. Write it as postgresql://USER@HOST:PORT/DATABASE")]
    [InlineData("user=ann password=hidden", "may hold a password")]
    [InlineData("jdbc:postgresql://ann:hidden@db/x", "may hold a password")]
    [InlineData("ann:hidden@db/x", "may hold a password")]
    [InlineData("postgresql:///experiments", "names no host")]
    [InlineData("postgresql://db/experiments?hidden=1", "cannot be read. Write it as postgresql://USER@HOST:PORT/DATABASE")]
    [InlineData("postgresql://db:hidden/experiments", "cannot be read. Write it as postgresql://USER@HOST:PORT/DATABASE")]
    [InlineData("Host=db;hidden", "cannot be read. Write it as postgresql://USER@HOST:PORT/DATABASE")]
    [InlineData("postgresql://db/experiments?schema=A", "The schema is 'A'; it must be")]
    public async Task A_wrong_address_is_refused_with_the_right_form_and_no_secret_is_quoted(string address, string message)
    {
        using var tool = new ToolFixture();

        var run = await tool.RunAsync("inspect", address);

        Assert.Equal((2, ""), (run.Code, run.Output));
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("postgres://db", "postgresql://db/")]
    [InlineData("postgresql://ann%40x@db:6432/experiments?sslmode=verify-full&schema=other", "postgresql://ann@x@db:6432/experiments?schema=other")]
    [InlineData("Host=db;Database=experiments;Username=ann", "postgresql://ann@db/experiments")]
    [InlineData("Database=experiments;Username=ann;Server=db", "postgresql://ann@db/experiments")]
    public void The_name_says_where_the_tables_are_and_no_more(string address, string name) => Assert.Equal(name, PostgreSqlSource.Parse(address)!.Name);

    [Fact]
    public async Task A_server_that_is_not_there_is_named()
    {
        using var tool = new ToolFixture();

        var run = await tool.RunAsync("inspect", "postgresql://ann@127.0.0.1:1/experiments");

        Assert.Equal((2, ""), (run.Code, run.Output));
        Assert.Contains("PostgreSQL cannot be reached", run.Error, StringComparison.Ordinal);
    }

    /// <summary>The answer without its files, and with variants by key: <c>jsonb</c> has its own order of the weights that are declared.</summary>
    private static string WithoutFiles(ToolRun run)
    {
        var answer = JsonNode.Parse(run.Output)!.AsObject();
        answer.Remove("files");
        Sort(answer);
        return answer.ToJsonString();
    }

    private static void Sort(JsonNode? node)
    {
        if (node is JsonArray array)
        {
            foreach (var item in array)
            {
                Sort(item);
            }

            if (array.Parent is JsonObject && array.GetPropertyName() == "variants")
            {
                JsonNode[] sorted = [.. array.OrderBy(item => (string)item!["key"]!, StringComparer.Ordinal).Select(item => item!.DeepClone())];
                array.Clear();
                Array.ForEach(sorted, array.Add);
            }
        }
        else if (node is JsonObject members)
        {
            foreach (var (_, member) in members)
            {
                Sort(member);
            }
        }
    }

    private async Task<TestDatabase> DatabaseAsync(IReadOnlyList<DataPlaneEnvelope> events, string schema = "dataplane")
    {
        var database = await shared.CreateDatabaseAsync();
        await using var backplane = new PostgreSqlDataBackplane(database.Source, new PostgreSqlDataBackplaneOptions { PartitionsAhead = 1, Schema = schema });
        Assert.Null((await backplane.PublishAsync(events, Token)).Error);
        return database;
    }
}
