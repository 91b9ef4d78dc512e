using ExperimentFramework.DataPlane.Tests.Delivery;

namespace ExperimentFramework.DataPlane.PostgreSql.Tests.Reading;

/// <summary>Whatever the destination writes is read back by <see cref="PostgreSqlEvents"/>.</summary>
public sealed class ReadEventContractTests(SharedServer server) : StoredEventContract, IAsyncLifetime
{
    private TestDatabase _database = null!;
    private PostgreSqlDataBackplane? _backplane;

    /// <summary>The order is that of times.</summary>
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

    protected override async ValueTask<IReadOnlyList<DataPlaneEnvelope>> ReadBackAsync() =>
        await PostgreSqlEvents.ReadAsync(_database.Source, cancellationToken: Token).ToListAsync(Token);

    /// <summary>PostgreSQL has no NUL character in texts.</summary>
    protected override DataPlaneEnvelope Expected(DataPlaneEnvelope published) => DataPlaneJson.Deserialize(
        DataPlaneJson.Serialize(published).Replace("\\u0000", "\ufffd", StringComparison.Ordinal));
}
