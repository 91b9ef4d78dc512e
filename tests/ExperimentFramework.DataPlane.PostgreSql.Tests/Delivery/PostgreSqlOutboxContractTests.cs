using ExperimentFramework.DataPlane.Tests.Delivery;
using Microsoft.Extensions.Logging.Abstractions;

namespace ExperimentFramework.DataPlane.PostgreSql.Tests.Delivery;

public sealed class PostgreSqlOutboxContractTests(SharedServer server) : EventOutboxContract, IAsyncLifetime
{
    private readonly List<PostgreSqlEventOutbox> _outboxes = [];
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await server.CreateDatabaseAsync();

    public async ValueTask DisposeAsync()
    {
        _outboxes.ForEach(outbox => outbox.Dispose());
        if (_database is not null)
        {
            await _database.DisposeAsync();
        }
    }

    protected override IEventOutbox CreateOutbox() => Open(new PostgreSqlOutboxOptions());

    protected override IEventOutbox CreateSmallOutbox() => Open(new PostgreSqlOutboxOptions { MaxBytes = 4_096 });

    protected override IEventOutbox Damage(IEventOutbox outbox, long position)
    {
        _database.PsqlAsync($"UPDATE dataplane.outbox_events SET envelope = '{{' WHERE destination = 'd' AND position = {position}").GetAwaiter().GetResult();
        return outbox;
    }

    private PostgreSqlEventOutbox Open(PostgreSqlOutboxOptions options)
    {
        var outbox = new PostgreSqlEventOutbox(_database.Source, options, "tests", TimeProvider.System, NullLogger.Instance);
        _outboxes.Add(outbox);
        return outbox;
    }
}
