using ExperimentFramework.DataPlane.Tests.Delivery;

namespace ExperimentFramework.DataPlane.Sqlite.Tests.EventTables;

public sealed class SqliteDataBackplaneContractTests : BackplaneContract, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private SqliteDataBackplane? _backplane;

    protected override bool Deduplicates => true;

    /// <summary>Tables have the order of ids.</summary>
    protected override bool KeepsOrder => false;

    protected override ValueTask<IDataBackplane> CreateAsync() => ValueTask.FromResult<IDataBackplane>(_backplane = new SqliteDataBackplane(_folder.File("events.db")));

    protected override ValueTask<IReadOnlyList<DataPlaneEnvelope>> ReadBackAsync() => ValueTask.FromResult(StoredEventRows.Read(_folder.File("events.db")));

    public void Dispose()
    {
        _backplane?.Dispose();
        _folder.Dispose();
    }
}
