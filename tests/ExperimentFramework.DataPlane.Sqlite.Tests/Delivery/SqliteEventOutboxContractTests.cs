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

    protected override IEventOutbox CreateOutbox() => Open(new SqliteOutboxOptions());

    protected override IEventOutbox CreateSmallOutbox() => Open(new SqliteOutboxOptions { MaxBytes = 4_096 });

    protected override IEventOutbox Damage(IEventOutbox outbox, long position)
    {
        _outbox!.Dispose();
        StoredEvents.Execute(Path, $"UPDATE event SET envelope = '{{' WHERE destination = 'd' AND position = {position};");
        return CreateOutbox();
    }

    private string Path => _folder.File("outbox.db");

    private SqliteEventOutbox Open(SqliteOutboxOptions options) => _outbox = new SqliteEventOutbox(Path, options, TimeProvider.System, NullLogger.Instance);
}
