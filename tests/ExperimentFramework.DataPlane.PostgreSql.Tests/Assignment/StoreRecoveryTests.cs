namespace ExperimentFramework.DataPlane.PostgreSql.Tests.Assignment;

/// <summary>A store that cannot be used is down as a whole, and is used again when it can be.</summary>
public sealed class StoreRecoveryTests(SharedServer server) : IAsyncLifetime
{
    private static readonly AssignmentKey Key = new("e", "u1");

    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await server.CreateDatabaseAsync();

    public ValueTask DisposeAsync() => _database?.DisposeAsync() ?? default;

    [Fact]
    public async Task A_server_that_accepts_no_writes_is_a_fault_of_the_store_and_its_return_one_generation()
    {
        using var store = new PostgreSqlAssignmentStore(_database.Source);
        Assert.Null(await store.AssignAsync(Key, new StoredAssignment("b"), null));
        await SetReadOnlyAsync("on");

        var error = await Assert.ThrowsAsync<IOException>(() => store.AssignAsync(new AssignmentKey("e", "u2"), new StoredAssignment("b"), null).AsTask());

        Assert.StartsWith("PostgreSQL is read-only", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, store.Generation);
        await SetReadOnlyAsync("off");
        Assert.Null(await store.AssignAsync(new AssignmentKey("e", "u2"), new StoredAssignment("b"), null));
        Assert.NotNull(await store.FindAsync(Key));
        Assert.Equal(1, store.Generation);
        Assert.Equal(1L, store.Diagnostics["recoveries"]);
    }

    [Fact]
    public async Task A_table_that_disappears_is_created_again_by_the_next_call()
    {
        using var store = new PostgreSqlAssignmentStore(_database.Source);
        Assert.Null(await store.AssignAsync(Key, new StoredAssignment("b"), null));
        await _database.PsqlAsync("DROP SCHEMA dataplane CASCADE");

        var error = await Assert.ThrowsAsync<IOException>(() => store.FindAsync(Key).AsTask());

        Assert.StartsWith("PostgreSQL has no table dataplane.subject_assignments.", error.Message, StringComparison.Ordinal);
        Assert.Null(await store.AssignAsync(Key, new StoredAssignment("c"), null));
    }

    /// <summary>Asked of another database, because this one may be read-only.</summary>
    private async Task SetReadOnlyAsync(string value)
    {
        await _database.Server.PsqlAsync("postgres", $"ALTER DATABASE {_database.Name} SET default_transaction_read_only = {value}");
        _database.Source.Clear();
    }
}
