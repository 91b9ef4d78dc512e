using ExperimentFramework.DataPlane.Tests.Delivery;

namespace ExperimentFramework.DataPlane.PostgreSql.Tests.Delivery;

public sealed class PostgreSqlOutboxContractTests(SharedServer server) : EventOutboxContract, IAsyncLifetime
{
    private OpenOutboxes _outboxes = null!;

    public async ValueTask InitializeAsync() => _outboxes = new OpenOutboxes(await server.CreateDatabaseAsync());

    public ValueTask DisposeAsync() => _outboxes?.DisposeAsync() ?? default;

    protected override IEventOutbox CreateOutbox() => Open(new PostgreSqlOutboxOptions());

    protected override IEventOutbox CreateSmallOutbox() => Open(new PostgreSqlOutboxOptions { MaxBytes = 4_096 });

    protected override IEventOutbox Damage(IEventOutbox outbox, long position)
    {
        _outboxes.Database.PsqlAsync($"UPDATE dataplane.outbox_events SET envelope = '{{' WHERE destination = 'd' AND position = {position}").GetAwaiter().GetResult();
        return outbox;
    }

    private PostgreSqlEventOutbox Open(PostgreSqlOutboxOptions options) => _outboxes.Open(options, TimeProvider.System);
}
