using System.Text.RegularExpressions;
using ExperimentFramework.DataPlane.PostgreSql.Tests.Delivery;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace ExperimentFramework.DataPlane.PostgreSql.Tests.Events;

/// <summary>Tables are created and migrated by one of many hosts, with as few privileges as the how-to page says.</summary>
public sealed partial class SchemaTests(SharedServer server) : IAsyncLifetime
{
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await server.CreateDatabaseAsync();

    public ValueTask DisposeAsync() => _database?.DisposeAsync() ?? default;

    [Fact]
    public async Task Many_hosts_that_start_at_once_create_the_tables_once_and_all_write()
    {
        var sources = Enumerable.Range(0, 10).Select(_ => NpgsqlDataSource.Create(_database.ConnectionString)).ToList();
        var hosts = sources.Select(source => new PostgreSqlDataBackplane(source, new() { PartitionsAhead = 1 })).ToList();

        await Task.WhenAll(hosts.Select((host, number) => host.DeliveredAsync(TestEvents.Exposures(10, first: number * 10))));

        Assert.Equal(100, await _database.CountAsync("SELECT count(*) FROM dataplane.exposures"));
        Assert.Equal(["events|1"], await _database.PsqlAsync("SELECT component, version FROM dataplane.schema_version WHERE component = 'events'"));
        foreach (var host in hosts)
        {
            await host.DisposeAsync();
        }

        sources.ForEach(source => source.Dispose());
    }

    [Fact]
    public async Task Without_the_right_to_migrate_a_host_says_what_is_missing_and_rejects_nothing()
    {
        await using var backplane = new PostgreSqlDataBackplane(_database.Source, new PostgreSqlDataBackplaneOptions { Migrate = false });

        var error = await Assert.ThrowsAsync<IOException>(() => backplane.PublishAsync(TestEvents.Exposures(2), TestContext.Current.CancellationToken).AsTask());
        var health = await backplane.HealthAsync(TestContext.Current.CancellationToken);

        Assert.Equal(
            "The schema 'dataplane' in PostgreSQL has version 0 of 'events', and version 1 is needed. Migrate is false: call PostgreSqlSchema.MigrateAsync with the role that owns the schema"
            + $" (localhost:{_database.Server.Port}, database '{_database.Name}', role 'postgres').",
            error.Message);
        Assert.Equal((false, error.Message), (health.IsHealthy, health.Description));
        Assert.Equal(0, await _database.CountAsync("SELECT count(to_regnamespace('dataplane'))"));

        await PostgreSqlSchema.MigrateAsync(_database.Source, cancellationToken: TestContext.Current.CancellationToken);
        await backplane.DeliveredAsync(TestEvents.Exposures(2));
    }

    [Fact]
    public async Task A_newer_schema_is_written_as_long_as_it_has_the_columns()
    {
        await PostgreSqlSchema.MigrateAsync(_database.Source, cancellationToken: TestContext.Current.CancellationToken);
        await _database.PsqlAsync("UPDATE dataplane.schema_version SET version = 99; ALTER TABLE dataplane.exposures ADD COLUMN later text");

        await using var backplane = new PostgreSqlDataBackplane(_database.Source, new() { PartitionsAhead = 1 });
        await backplane.DeliveredAsync(TestEvents.Exposures(2));

        Assert.Equal(["99"], await _database.PsqlAsync("SELECT version FROM dataplane.schema_version WHERE component = 'events'"));
    }

    [Fact]
    public async Task Schemas_are_independent()
    {
        await using var one = new PostgreSqlDataBackplane(_database.Source, new PostgreSqlDataBackplaneOptions { Schema = "one", PartitionsAhead = 1 });
        await using var two = new PostgreSqlDataBackplane(_database.Source, new PostgreSqlDataBackplaneOptions { Schema = "select", PartitionsAhead = 1 });

        await one.DeliveredAsync(TestEvents.Exposures(1));
        await two.DeliveredAsync(TestEvents.Exposures(2));

        Assert.Equal(["1|2"], await _database.PsqlAsync("SELECT (SELECT count(*) FROM one.exposures), (SELECT count(*) FROM \"select\".exposures)"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Data")]
    [InlineData("1a")]
    [InlineData("a\"b")]
    [InlineData("a-b")]
    [InlineData("pg_mine")]
    [InlineData("a\n")]
    public async Task A_name_that_would_have_to_be_quoted_is_no_name_of_a_schema(string name)
    {
        var error = await Assert.ThrowsAsync<ArgumentException>(() => PostgreSqlSchema.MigrateAsync(_database.Source, name, TestContext.Current.CancellationToken));

        Assert.Equal("schema", error.ParamName);
        Assert.Contains("lower-case letters", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_commands_of_the_page_make_a_writer_that_can_write_and_expire_and_no_more()
    {
        // Roles belong to all databases of a server, so this server is the test's own.
        await using var own = await PostgreSqlServer.StartAsync();
        var database = await own.CreateDatabaseAsync();
        var commands = Sql().Matches(await PageAsync("docs/how-to/destinations/write-postgresql.md")).Select(block => block.Groups[1].Value).ToList();
        Assert.Equal(3, commands.Count);
        var (index, roles, grants) = (commands[0], commands[1], commands[2]);

        await own.PsqlAsync(database, roles);
        await using (var owner = NpgsqlDataSource.Create(own.ConnectionString(database, "dataplane_owner")))
        {
            await PostgreSqlSchema.MigrateAsync(owner, cancellationToken: TestContext.Current.CancellationToken);
        }

        await own.PsqlAsync(database, grants, "dataplane_owner");
        await own.PsqlAsync(database, Sql().Match(await PageAsync("docs/how-to/stores/postgresql.md")).Groups[1].Value, "dataplane_owner");
        var outboxCommands = Sql().Matches(await PageAsync("docs/how-to/destinations/outbox-postgresql.md")).Select(block => block.Groups[1].Value).ToList();
        await own.PsqlAsync(database, outboxCommands[0], "dataplane_owner");
        await own.PsqlAsync(database, index, "dataplane_owner");
        await using var writer = NpgsqlDataSource.Create(own.ConnectionString(database, "dataplane_writer"));
        await using var backplane = new PostgreSqlDataBackplane(
            writer, new PostgreSqlDataBackplaneOptions { Migrate = false, Retention = TimeSpan.FromDays(30), PartitionsAhead = 1 });
        await backplane.DeliveredAsync(TestEvents.Exposures(10));
        await backplane.DeliveredAsync(TestEvents.Exposures(20, at: DateTimeOffset.UtcNow));
        await backplane.DeliveredAsync(TestEvents.Exposures(20, at: DateTimeOffset.UtcNow));
        await Eventually.Holds(async () => (await own.PsqlAsync(database, "SELECT count(*) FROM dataplane.exposures WHERE ts < now() - INTERVAL '31 days'"))[0] == "0");

        Assert.False((await backplane.HealthAsync(TestContext.Current.CancellationToken)).IsDegraded);
        using var store = new PostgreSqlAssignmentStore(writer, new PostgreSqlAssignmentStoreOptions { Migrate = false });
        var key = new AssignmentKey("e", "u");
        Assert.Null(await store.AssignAsync(key, new StoredAssignment("b"), null));
        Assert.Null(await store.AssignAsync(key, new StoredAssignment("c"), new StoredAssignment("b")));
        Assert.Equal(1, await store.ForgetAsync("u"));
        Assert.Null(store.DegradedReason);
        using (var outbox = new PostgreSqlEventOutbox(writer, new PostgreSqlOutboxOptions { Migrate = false }, "shop", TimeProvider.System, NullLogger.Instance))
        {
            outbox.Append("d", 0, 3);
            outbox.Remove("d", outbox.Read("d", max: 1));
            Assert.StartsWith("shop|d|2|", Assert.Single(await own.PsqlAsync(database, outboxCommands[1], "dataplane_owner")), StringComparison.Ordinal);
        }

        using (var next = new PostgreSqlEventOutbox(writer, new PostgreSqlOutboxOptions { Migrate = false }, "shop", TimeProvider.System, NullLogger.Instance))
        {
            next.Register("d", "d", () => { });
            next.Start(_ => { });
            await Eventually.Holds(() => next.Count("d") == 2);
            Assert.Null(next.DegradedReason);
        }

        Assert.NotEqual("0", (await own.PsqlAsync(database, "SELECT count(*) FROM dataplane.exposures", "analyst"))[0]);
        Assert.Equal(
            ["accounts", "analysis_signals", "assignments", "errors", "exposures", "metrics", "other_events", "outcomes"],
            await own.PsqlAsync(database, "SELECT relname FROM pg_class WHERE relnamespace = 'dataplane'::regnamespace AND relkind IN ('r', 'p') AND has_table_privilege('analyst', oid, 'SELECT') ORDER BY 1"));
        foreach (var forbidden in new[]
        {
            "SELECT * FROM dataplane.exposures", "DELETE FROM dataplane.exposures", "UPDATE dataplane.exposures SET variant = ''", "DROP TABLE dataplane.exposures", "CREATE TABLE dataplane.other (id int)",
            "UPDATE dataplane.schema_version SET version = 0",
        })
        {
            await using var command = writer.CreateCommand(forbidden);
            var error = await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken));
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, error.SqlState);
        }
    }

    [Fact]
    public async Task A_role_without_privileges_rejects_nothing_and_says_which_page_lists_them()
    {
        await PostgreSqlSchema.MigrateAsync(_database.Source, cancellationToken: TestContext.Current.CancellationToken);
        await _database.PsqlAsync("CREATE ROLE nobody_writes LOGIN");
        await using var source = NpgsqlDataSource.Create(_database.Server.ConnectionString(_database.Name, "nobody_writes"));
        await using var backplane = new PostgreSqlDataBackplane(source, new PostgreSqlDataBackplaneOptions { Migrate = false });

        var error = await Assert.ThrowsAsync<IOException>(() => backplane.PublishAsync(TestEvents.Exposures(2), TestContext.Current.CancellationToken).AsTask());

        var place = $" (localhost:{_database.Server.Port}, database '{_database.Name}', role 'nobody_writes', SQLSTATE 42501).";
        Assert.Equal(
            "PostgreSQL denies the role a privilege on schema 'dataplane'. Grant what docs/how-to/destinations/write-postgresql.md#privileges lists for schema 'dataplane';"
            + " to create its tables, run PostgreSqlSchema.MigrateAsync with the role that owns the schema, and set Migrate to false" + place,
            error.Message);

        await _database.PsqlAsync("GRANT USAGE ON SCHEMA dataplane TO nobody_writes; GRANT SELECT ON dataplane.schema_version TO nobody_writes; GRANT EXECUTE ON FUNCTION dataplane.create_partition(date) TO nobody_writes");
        var result = await backplane.PublishAsync(TestEvents.Exposures(2), TestContext.Current.CancellationToken);
        Assert.Equal("PostgreSQL denies the role a privilege on table 'dataplane.exposures'. Grant what docs/how-to/destinations/write-postgresql.md#privileges lists" + place, result.Error!.Message);
        Assert.All(result.Statuses(2), status => Assert.Equal(DeliveryStatus.TransientFailure, status));
    }

    [Fact]
    public async Task Only_the_owner_and_whom_it_allows_may_create_and_drop_partitions()
    {
        await PostgreSqlSchema.MigrateAsync(_database.Source, cancellationToken: TestContext.Current.CancellationToken);
        await _database.PsqlAsync("CREATE ROLE stranger_to_partitions LOGIN");

        Assert.Equal(
            ["f|f"],
            await _database.PsqlAsync("SELECT has_function_privilege('stranger_to_partitions', 'dataplane.create_partition(date)', 'EXECUTE'), has_function_privilege('stranger_to_partitions', 'dataplane.drop_partitions(interval, timestamptz)', 'EXECUTE')"));
    }

    [Fact]
    public async Task Events_are_kept_for_a_day_whoever_wants_to_drop_them()
    {
        await PostgreSqlSchema.MigrateAsync(_database.Source, cancellationToken: TestContext.Current.CancellationToken);
        await using var command = _database.Source.CreateCommand("SELECT dataplane.drop_partitions('23 hours 59 minutes', now())");

        var error = await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteScalarAsync(TestContext.Current.CancellationToken));

        Assert.Equal(PostgresErrorCodes.InvalidParameterValue, error.SqlState);
        Assert.Equal(["0|0|f"], await _database.PsqlAsync("SELECT dropped, in_use, has_more FROM dataplane.drop_partitions('1 day', now())"));
    }

    [Fact]
    public async Task A_role_that_may_not_create_the_schema_is_told_how_to_migrate()
    {
        await _database.PsqlAsync("CREATE ROLE may_not_create LOGIN");
        await using var source = NpgsqlDataSource.Create(_database.Server.ConnectionString(_database.Name, "may_not_create"));
        await using var backplane = new PostgreSqlDataBackplane(source);

        var error = await Assert.ThrowsAsync<IOException>(() => backplane.PublishAsync(TestEvents.Exposures(2), TestContext.Current.CancellationToken).AsTask());

        Assert.StartsWith(
            $"PostgreSQL denies the role a privilege on database '{_database.Name}'. Grant what docs/how-to/destinations/write-postgresql.md#privileges lists for schema 'dataplane'; to create its tables, run PostgreSqlSchema.MigrateAsync",
            error.Message, StringComparison.Ordinal);
    }

    private static Task<string> PageAsync(string name) => File.ReadAllTextAsync(Repository.File(name), TestContext.Current.CancellationToken);

    [GeneratedRegex("```sql\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Sql();
}
