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

        await AssertOutageAsync(backplane, "PostgreSQL refuses the role or its password. Check Username, Password and the server's pg_hba.conf (SQLSTATE 28P01).");

        await own.PsqlAsync(database, "ALTER ROLE locked PASSWORD 'wrong'");
        await backplane.DeliveredAsync(TestEvents.Exposures(3));
    }

    [Fact]
    public async Task A_role_that_has_no_connection_left_is_an_outage()
    {
        await _database.PsqlAsync("CREATE ROLE limited LOGIN CONNECTION LIMIT 0");
        await using var source = NpgsqlDataSource.Create(_database.Server.ConnectionString(_database.Name, "limited"));
        await using var backplane = new PostgreSqlDataBackplane(source, new() { PartitionsAhead = 1 });

        await AssertOutageAsync(backplane, "PostgreSQL has no connection left. Raise max_connections, or lower Maximum Pool Size (SQLSTATE 53300).");
    }

    [Fact]
    public async Task A_missing_database_is_an_outage()
    {
        await using var source = NpgsqlDataSource.Create(_database.Server.ConnectionString("missing"));
        await using var backplane = new PostgreSqlDataBackplane(source, new() { PartitionsAhead = 1 });

        await AssertOutageAsync(backplane, "The database does not exist in PostgreSQL. Create it, or correct Database (SQLSTATE 3D000).");
    }

    [Fact]
    public async Task A_server_that_cannot_be_reached_is_an_outage()
    {
        await using var source = NpgsqlDataSource.Create(_database.Server.ConnectionString(_database.Name, port: 1));
        await using var backplane = new PostgreSqlDataBackplane(source, new() { PartitionsAhead = 1 });

        await AssertOutageAsync(backplane, "PostgreSQL cannot be reached (ConnectionRefused). Check that the server runs, and Host and Port.");
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
        Assert.Contains("25006", result.Error!.Message, StringComparison.Ordinal);
        var health = await backplane.HealthAsync(TestContext.Current.CancellationToken);
        Assert.False(health.IsHealthy);
        Assert.StartsWith("PostgreSQL is read-only", health.Description, StringComparison.Ordinal);
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

    private static async Task AssertOutageAsync(PostgreSqlDataBackplane backplane, string reason)
    {
        var error = await Assert.ThrowsAsync<IOException>(() => backplane.PublishAsync(TestEvents.Exposures(2), TestContext.Current.CancellationToken).AsTask());
        var health = await backplane.HealthAsync(TestContext.Current.CancellationToken);

        Assert.Equal(reason, error.Message);
        Assert.True(SafeText.IsOwn(error));
        Assert.Equal((false, reason), (health.IsHealthy, health.Description));
    }
}
