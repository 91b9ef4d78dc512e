using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace ExperimentFramework.DataPlane.PostgreSql.Tests.Delivery;

/// <summary>Outboxes in a database of their own, which are closed with it.</summary>
internal sealed class OpenOutboxes(TestDatabase database) : IAsyncDisposable
{
    /// <summary>The interval at which an outbox looks for what others have left.</summary>
    public static readonly TimeSpan Round = TimeSpan.FromSeconds(30);

    /// <summary>Longer than the virtual time that passes while a busy machine works.</summary>
    public static readonly TimeSpan Year = TimeSpan.FromDays(365);

    private readonly List<PostgreSqlEventOutbox> _outboxes = [];

    public TestDatabase Database { get; } = database;

    public PostgreSqlEventOutbox Open(PostgreSqlOutboxOptions options, TimeProvider time, ILogger? logger = null, string application = "tests", NpgsqlDataSource? source = null)
    {
        var outbox = new PostgreSqlEventOutbox(source ?? Database.Source, options, application, time, logger ?? NullLogger.Instance);
        _outboxes.Add(outbox);
        return outbox;
    }

    /// <summary>The number of outboxes that have events, without one that is left out.</summary>
    public int CountWithEvents(string destination, PostgreSqlEventOutbox except) => _outboxes.Count(outbox => outbox != except && outbox.Count(destination) > 0);

    public ValueTask DisposeAsync()
    {
        _outboxes.ForEach(outbox => outbox.Dispose());
        return Database.DisposeAsync();
    }
}
