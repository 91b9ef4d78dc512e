using ExperimentFramework.DataPlane.Tests.Delivery;
using Microsoft.Extensions.Logging.Abstractions;

namespace ExperimentFramework.DataPlane.Sqlite.Tests.Delivery;

public sealed class SqliteEventOutboxContractTests : EventOutboxContract, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private SqliteEventOutbox? _outbox;

    public void Dispose()
    {
        _outbox?.Dispose();
        _folder.Dispose();
    }

    protected override IEventOutbox CreateOutbox() =>
        _outbox = new SqliteEventOutbox(_folder.File("outbox.db"), new SqliteOutboxOptions(), TimeProvider.System, NullLogger.Instance);
}
