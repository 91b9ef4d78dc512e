using Npgsql;

namespace ExperimentFramework.DataPlane.PostgreSql.Tests;

/// <summary>A migration does not depend on the caller that needs it first.</summary>
public sealed class SchemaGateTests(SharedServer server)
{
    [Fact]
    public async Task A_caller_that_cannot_wait_for_a_migration_leaves_it_to_the_others()
    {
        await using var database = await server.CreateDatabaseAsync();
        await using var blocker = await database.Source.OpenConnectionAsync(TestContext.Current.CancellationToken);
        var otherMigration = await blocker.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using (var command = new NpgsqlCommand("SELECT pg_advisory_xact_lock(hashtextextended('dataplane schema \"dataplane\"', 0))", blocker))
        {
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        var gate = new SchemaGate(database.Source, "dataplane", AssignmentSchema.Component, mayMigrate: true);
        using var impatience = new CancellationTokenSource();
        var hasty = gate.EnsureAsync(impatience.Token).AsTask();
        var patient = gate.EnsureAsync(TestContext.Current.CancellationToken).AsTask();
        await Eventually.Holds(async () => await database.CountAsync("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())") == 1);
        await impatience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hasty);
        Assert.False(patient.IsCompleted);
        await otherMigration.DisposeAsync();
        await patient;
        Assert.Equal(0, await database.CountAsync("SELECT count(*) FROM dataplane.subject_assignments"));
    }
}
