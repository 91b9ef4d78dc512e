using Npgsql;

namespace ExperimentFramework.DataPlane.PostgreSql;

/// <summary>
/// Makes sure, once, that a part of the schema has the version that this library needs. The work is independent of callers: a caller that cannot wait long must not
/// cancel a migration repeatedly.
/// </summary>
/// <param name="dataSource">The database.</param>
/// <param name="schema">The schema's name.</param>
/// <param name="component">The part.</param>
/// <param name="mayMigrate">Whether the role may create and alter tables.</param>
internal sealed class SchemaGate(NpgsqlDataSource dataSource, string schema, SchemaComponent component, bool mayMigrate)
{
    private readonly Lock _lock = new();
    private Task? _attempt;

    /// <summary>Waits until the schema is ready.</summary>
    /// <param name="cancellationToken">Cancels the wait, but not the work.</param>
    public ValueTask EnsureAsync(CancellationToken cancellationToken)
    {
        var attempt = Attempt();
        return attempt.IsCompletedSuccessfully ? default : new ValueTask(attempt.WaitAsync(cancellationToken));
    }

    /// <summary>Checks again with the next call.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            if (_attempt is { IsCompleted: true })
            {
                _attempt = null;
            }
        }
    }

    /// <summary>Returns the attempt that is in progress or has succeeded; a new one after a failure.</summary>
    private Task Attempt()
    {
        lock (_lock)
        {
            return _attempt is { IsFaulted: false, IsCanceled: false } attempt
                ? attempt
                : _attempt = BackgroundWork.Run(() => SchemaMigrator.EnsureAsync(dataSource, schema, component, mayMigrate, CancellationToken.None));
        }
    }
}
