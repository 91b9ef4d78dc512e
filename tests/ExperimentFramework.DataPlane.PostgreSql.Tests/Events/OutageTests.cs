using Npgsql;

namespace ExperimentFramework.DataPlane.PostgreSql.Tests.Events;

/// <summary>While the server, the database or the role cannot be used, no event is rejected, and operators are given the reason.</summary>
public sealed class OutageTests(SharedServer server) : IAsyncLifetime
{
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await server.CreateDatabaseAsync();

    public ValueTask DisposeAsync() => _database?.DisposeAsync() ?? default;

    [Fact]
    public async Task A_refused_password_is_an_outage_that_ends_when_it_is_accepted()
    {
        await using var own = await PostgreSqlServer.StartAsync();
        var database = await own.CreateDatabaseAsync();
        await own.PsqlAsync(database, "CREATE ROLE locked LOGIN SUPERUSER PASSWORD 'right'");
        var rules = Path.Combine(own.DataFolder, "pg_hba.conf");
        await File.WriteAllTextAsync(rules, "host all locked 127.0.0.1/32 scram-sha-256\n" + await File.ReadAllTextAsync(rules, TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);
        await own.PsqlAsync(database, "SELECT pg_reload_conf()");
        await using var source = NpgsqlDataSource.Create(own.ConnectionString(database, "locked", "wrong"));
        await using var backplane = new PostgreSqlDataBackplane(source, new() { PartitionsAhead = 1 });

        await AssertOutageAsync(
            backplane,
            "PostgreSQL refuses the password of the role. Correct Password=... in the connection string, the file that Passfile=... names, or what the registered NpgsqlDataSource provides"
            + $" (localhost:{own.Port}, database '{database}', role 'locked', SQLSTATE 28P01).");
        await using var without = NpgsqlDataSource.Create(own.ConnectionString(database, "locked"));
        await using (var unarmed = new PostgreSqlDataBackplane(without, new() { PartitionsAhead = 1 }))
        {
            await AssertOutageAsync(
                unarmed,
                "PostgreSQL requires a password, and none is given. Add Password=... to the connection string, or name a file in Passfile=..., or register an NpgsqlDataSource that provides one"
                + $" (localhost:{own.Port}, database '{database}', role 'locked').");
        }

        await own.PsqlAsync(database, "ALTER ROLE locked PASSWORD 'wrong'");
        await backplane.DeliveredAsync(TestEvents.Exposures(3));
    }

    [Fact]
    public async Task A_role_that_has_no_connection_left_is_an_outage()
    {
        await _database.PsqlAsync("CREATE ROLE limited LOGIN CONNECTION LIMIT 0");
        await using var source = NpgsqlDataSource.Create(_database.Server.ConnectionString(_database.Name, "limited"));
        await using var backplane = new PostgreSqlDataBackplane(source, new() { PartitionsAhead = 1 });

        await AssertOutageAsync(backplane, "PostgreSQL has no connection left for the role. Raise max_connections, or the CONNECTION LIMIT of the role or the database, or lower Maximum Pool Size" + Place(_database.Name, "limited", "53300"));
    }

    [Fact]
    public async Task A_role_that_does_not_exist_is_an_outage()
    {
        await using var source = NpgsqlDataSource.Create(_database.Server.ConnectionString(_database.Name, "stranger"));
        await using var backplane = new PostgreSqlDataBackplane(source, new() { PartitionsAhead = 1 });

        await AssertOutageAsync(
            backplane,
            "PostgreSQL does not let the role in. Check that the role exists and may log in, and that the server's pg_hba.conf allows it from this host to this database, with this SSL Mode"
            + Place(_database.Name, "stranger", "28000"));
    }

    [Fact]
    public async Task A_table_that_was_dropped_is_named()
    {
        await using var backplane = new PostgreSqlDataBackplane(_database.Source, new() { PartitionsAhead = 1 });
        await backplane.DeliveredAsync(TestEvents.Exposures(1));
        await _database.PsqlAsync("DROP TABLE dataplane.exposures");

        var result = await backplane.PublishAsync(TestEvents.Exposures(2), TestContext.Current.CancellationToken);

        Assert.All(result.Statuses(2), status => Assert.Equal(DeliveryStatus.TransientFailure, status));
        Assert.Equal(
            "PostgreSQL has no table dataplane.exposures. Run PostgreSqlSchema.MigrateAsync with the role that owns the schema, or set Migrate to true, or correct Schema" + Place(_database.Name, "postgres", "42P01"),
            result.Error!.Message);
    }

    [Theory]
    [InlineData("57P03", "PostgreSQL is stopping or starting. This is retried until it is ready")]
    [InlineData("3F000", "PostgreSQL has no schema 'dataplane'. Run PostgreSqlSchema.MigrateAsync", "schema \"dataplane\" does not exist")]
    [InlineData("42883", "PostgreSQL has no function dataplane.create_partition, which the data plane needs in schema 'dataplane'.", "function dataplane.create_partition(date) does not exist")]
    [InlineData("42703", "PostgreSQL has no column rule_path, which", "column \"rule_path\" of relation \"exposures\" does not exist")]
    [InlineData("42P01", "PostgreSQL has no table, column or function that the data plane needs in schema 'dataplane'.", "Relation »x« existiert nicht")]
    [InlineData("42501", "PostgreSQL denies the role a privilege. Grant what docs/how-to/x.md lists for schema 'dataplane' (", "keine Berechtigung für Tabelle exposures")]
    [InlineData("42501", "PostgreSQL denies the role a privilege on database 'd'. Grant", "permission denied for database d")]
    [InlineData("XX001", "PostgreSQL has found an internal error or damaged data")]
    [InlineData("22000", "PostgreSQL refused the statement")]
    public void A_message_of_the_server_is_shown_only_as_far_as_it_names_objects_of_the_schema(string state, string message, string told = "u1@example.com")
    {
        using var source = NpgsqlDataSource.Create("Host=Db.Example;Database=d;Username=writer");
        var error = new ServerFaultTranslator(source, "dataplane", "docs/how-to/x.md").Translate(new PostgresException(told, "ERROR", "ERROR", state));

        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
        Assert.EndsWith($"(db.example:5432, database 'd', role 'writer', SQLSTATE {state}).", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("u1@example.com", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_database_is_an_outage()
    {
        await using var source = NpgsqlDataSource.Create(_database.Server.ConnectionString("missing"));
        await using var backplane = new PostgreSqlDataBackplane(source, new() { PartitionsAhead = 1 });

        await AssertOutageAsync(backplane, "The database does not exist in PostgreSQL. Create it, or correct Database" + Place("missing", "postgres", "3D000"));
    }

    [Fact]
    public async Task A_server_that_cannot_be_reached_is_an_outage()
    {
        await using var source = NpgsqlDataSource.Create(_database.Server.ConnectionString(_database.Name, port: 1));
        await using var backplane = new PostgreSqlDataBackplane(source, new() { PartitionsAhead = 1 });

        await AssertOutageAsync(backplane, $"PostgreSQL cannot be reached (ConnectionRefused). Check that the server runs, and Host and Port (localhost:1, database '{_database.Name}', role 'postgres').");
    }

    [Fact]
    public async Task A_read_only_server_is_an_outage_and_health_says_so()
    {
        await using var backplane = new PostgreSqlDataBackplane(_database.Source, new() { PartitionsAhead = 1 });
        await backplane.DeliveredAsync(TestEvents.Exposures(1));
        await _database.PsqlAsync($"ALTER DATABASE {_database.Name} SET default_transaction_read_only = on");
        _database.Source.Clear();

        var result = await backplane.PublishAsync(TestEvents.Exposures(2, first: 1), TestContext.Current.CancellationToken);

        Assert.All(result.Statuses(2), status => Assert.Equal(DeliveryStatus.TransientFailure, status));
        Assert.Equal(
            "PostgreSQL is read-only: it is a standby, or default_transaction_read_only is on. Connect to the primary (Target Session Attributes=primary)" + Place(_database.Name, "postgres", "25006"),
            result.Error!.Message);
        var health = await backplane.HealthAsync(TestContext.Current.CancellationToken);
        Assert.False(health.IsHealthy);
        Assert.StartsWith("PostgreSQL is read-only", health.Description, StringComparison.Ordinal);
        Assert.EndsWith($"({Server}, database '{_database.Name}', role 'postgres').", health.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tables_that_disappear_are_made_anew_with_the_next_attempt()
    {
        await using var backplane = new PostgreSqlDataBackplane(_database.Source, new() { PartitionsAhead = 1 });
        await backplane.DeliveredAsync(TestEvents.Exposures(1));
        await _database.PsqlAsync("DROP SCHEMA dataplane CASCADE");

        var result = await backplane.PublishAsync(TestEvents.Exposures(2), TestContext.Current.CancellationToken);
        Assert.All(result.Statuses(2), status => Assert.Equal(DeliveryStatus.TransientFailure, status));

        await backplane.DeliveredAsync(TestEvents.Exposures(2));
        Assert.Equal(2, await _database.CountAsync("SELECT count(*) FROM dataplane.exposures"));
    }

    [Fact]
    public async Task A_server_that_is_silent_does_not_hold_a_call_beyond_its_limits()
    {
        await using var own = await PostgreSqlServer.StartAsync();
        var database = await own.CreateDatabaseAsync();
        await using var source = NpgsqlDataSource.Create(own.ConnectionString(database) + ";Command Timeout=1;Cancellation Timeout=100");
        await using var backplane = new PostgreSqlDataBackplane(source, new() { PartitionsAhead = 1 });
        await backplane.DeliveredAsync(TestEvents.Exposures(1));
        await own.PauseAsync();
        try
        {
            using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
            var canceled = await backplane.PublishAsync(TestEvents.Exposures(2, first: 1), soon.Token);
            Assert.All(canceled.Statuses(2), status => Assert.Equal(DeliveryStatus.TransientFailure, status));
        }
        finally
        {
            await own.ResumeAsync();
        }

        await Eventually.Holds(async () => (await backplane.PublishAsync(TestEvents.Exposures(3), TestContext.Current.CancellationToken)).Error is null);
        Assert.Equal(["3"], await own.PsqlAsync(database, "SELECT count(*) FROM dataplane.exposures"));
    }

    private string Server => $"localhost:{_database.Server.Port}";

    private string Place(string database, string role, string state) => $" ({Server}, database '{database}', role '{role}', SQLSTATE {state}).";

    private static async Task AssertOutageAsync(PostgreSqlDataBackplane backplane, string reason)
    {
        var error = await Assert.ThrowsAsync<IOException>(() => backplane.PublishAsync(TestEvents.Exposures(2), TestContext.Current.CancellationToken).AsTask());
        var health = await backplane.HealthAsync(TestContext.Current.CancellationToken);

        Assert.Equal(reason, error.Message);
        Assert.True(SafeText.IsOwn(error));
        Assert.Equal((false, reason), (health.IsHealthy, health.Description));
    }
}
