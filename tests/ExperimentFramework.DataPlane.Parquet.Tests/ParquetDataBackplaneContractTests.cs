using ExperimentFramework.DataPlane.Tests.Delivery;

namespace ExperimentFramework.DataPlane.Parquet.Tests;

/// <summary>What every destination that keeps events does.</summary>
public sealed class ParquetDataBackplaneContractTests : BackplaneContract, IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private ParquetDataBackplane? _backplane;

    protected override bool Deduplicates => false;

    protected override bool KeepsOrder => false;

    public async ValueTask DisposeAsync()
    {
        if (_backplane is not null)
        {
            await _backplane.DisposeAsync();
        }

        _folder.Dispose();
    }

    protected override ValueTask<IDataBackplane> CreateAsync()
    {
        _backplane = new ParquetDataBackplane(_folder.Path);
        return ValueTask.FromResult<IDataBackplane>(_backplane);
    }

    protected override async ValueTask<IReadOnlyList<DataPlaneEnvelope>> ReadBackAsync()
    {
        await _backplane!.DisposeAsync();
        return await WrittenEvents.ReadAsync(_folder.Path);
    }
}
