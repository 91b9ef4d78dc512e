using ExperimentFramework.DataPlane.Tests.Delivery;

namespace ExperimentFramework.DataPlane.Tests.Files;

/// <summary>The contract over files that stay as they are written.</summary>
public sealed class FileDataBackplaneContractTests() : FileContract(EventFolder.Uncompressed());

/// <summary>The contract over small files that are flushed to the disk and compressed.</summary>
public sealed class CompressedFileContractTests() : FileContract(new FileDataBackplaneOptions { RollBytes = 4_096, Durability = FileDurability.Disk });

/// <summary>The contract over files by experiment and day.</summary>
public sealed class PartitionedFileContractTests() : FileContract(new FileDataBackplaneOptions { Layout = FileLayout.Partitioned })
{
    protected override bool KeepsOrder => false;
}

/// <summary>The contract, read back by <see cref="EventFiles"/>.</summary>
public abstract class FileContract(FileDataBackplaneOptions options) : BackplaneContract, IAsyncDisposable
{
    private readonly EventFolder _folder = new();
    private FileDataBackplane? _backplane;

    protected override bool Deduplicates => false;

    public async ValueTask DisposeAsync()
    {
        await (_backplane?.DisposeAsync() ?? ValueTask.CompletedTask);
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    protected override ValueTask<IDataBackplane> CreateAsync() => ValueTask.FromResult<IDataBackplane>(_backplane = _folder.Open(options));

    protected override async ValueTask<IReadOnlyList<DataPlaneEnvelope>> ReadBackAsync()
    {
        // What has been accepted can be read at once, by another process too.
        var whileOpen = Directory.Exists(_folder.Path) ? await _folder.ReadAsync() : [];
        await _backplane!.DisposeAsync();
        var events = Directory.Exists(_folder.Path) ? await _folder.ReadAsync() : [];
        Assert.Equal(events.Count, whileOpen.Count);
        return events;
    }
}
