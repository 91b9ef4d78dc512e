using ExperimentFramework.DataPlane.PostgreSql.Tests.Delivery;
using ExperimentFramework.DataPlane.PostgreSql.Tests.Events;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace ExperimentFramework.DataPlane.PostgreSql.Tests;

/// <summary>A database whose encoding cannot hold every text is refused as a whole: no event is rejected for it.</summary>
public sealed class EncodingTests(SharedServer server)
{
    [Theory]
    [InlineData("LATIN1")]
    [InlineData("SQL_ASCII")]
    public async Task A_database_with_another_encoding_than_UTF8_is_an_outage_with_the_remedy(string encoding)
    {
        await using var database = await server.CreateDatabaseAsync();
        var name = $"encoding_{encoding.ToLowerInvariant()}";
        await database.PsqlAsync($"CREATE DATABASE {name} ENCODING '{encoding}' LOCALE 'C' TEMPLATE template0");
        await using var source = NpgsqlDataSource.Create(database.Server.ConnectionString(name));
        var expected = $"The data plane needs a PostgreSQL database with the encoding UTF8, and this one has {encoding}, which cannot hold every text. Create another database with ENCODING 'UTF8'"
            + $" (localhost:{database.Server.Port}, database '{name}', role 'postgres').";

        await using var backplane = new PostgreSqlDataBackplane(source, new() { PartitionsAhead = 1 });
        var error = await Assert.ThrowsAsync<IOException>(() => backplane.PublishAsync(TestEvents.Exposures(2), TestContext.Current.CancellationToken).AsTask());
        Assert.Equal(expected, error.Message);
        var health = await backplane.HealthAsync(TestContext.Current.CancellationToken);
        Assert.Equal((false, expected), (health.IsHealthy, health.Description));

        using var store = new PostgreSqlAssignmentStore(source);
        Assert.Equal(expected, Assert.Throws<IOException>(() => store.Find(new AssignmentKey("e", "u"), TimeSpan.FromSeconds(30))).Message);

        using var outbox = new PostgreSqlEventOutbox(source, new PostgreSqlOutboxOptions(), "tests", TimeProvider.System, NullLogger.Instance);
        Assert.Equal(expected, Assert.Throws<IOException>(() => outbox.Append("d", OutboxEvents.Of(0, 1), _ => { })).Message);

        Assert.Equal(expected, (await Assert.ThrowsAsync<IOException>(() => PostgreSqlSchema.MigrateAsync(source, cancellationToken: TestContext.Current.CancellationToken))).Message);
        Assert.Equal(["0"], await database.Server.PsqlAsync(name, "SELECT count(to_regnamespace('dataplane'))"));
    }
}
