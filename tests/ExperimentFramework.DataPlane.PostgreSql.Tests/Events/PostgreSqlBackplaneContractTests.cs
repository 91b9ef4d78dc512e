using ExperimentFramework.DataPlane.Tests.Delivery;

namespace ExperimentFramework.DataPlane.PostgreSql.Tests.Events;

public sealed class PostgreSqlBackplaneContractTests(SharedServer server) : BackplaneContract, IAsyncLifetime
{
    private TestDatabase _database = null!;
    private PostgreSqlDataBackplane? _backplane;

    protected override bool Deduplicates => true;

    /// <summary>Rows have no order; ids have.</summary>
    protected override bool KeepsOrder => false;

    public async ValueTask InitializeAsync() => _database = await server.CreateDatabaseAsync();

    public async ValueTask DisposeAsync()
    {
        if (_backplane is not null)
        {
            await _backplane.DisposeAsync();
        }

        if (_database is not null)
        {
            await _database.DisposeAsync();
        }
    }

    protected override ValueTask<IDataBackplane> CreateAsync() => new(_backplane = new PostgreSqlDataBackplane(_database.Source, new PostgreSqlDataBackplaneOptions { PartitionsAhead = 1 }));

    protected override async ValueTask<IReadOnlyList<DataPlaneEnvelope>> ReadBackAsync()
    {
        // The tables are there also if nothing was published.
        await PostgreSqlSchema.MigrateAsync(_database.Source, cancellationToken: Token);
        return await StoredEvents.ReadAsync(_database.Source);
    }

    /// <summary>PostgreSQL has no NUL character in texts.</summary>
    protected override DataPlaneEnvelope Expected(DataPlaneEnvelope published) => DataPlaneJson.Deserialize(
        DataPlaneJson.Serialize(published).Replace("\\u0000", "\ufffd", StringComparison.Ordinal));
}
