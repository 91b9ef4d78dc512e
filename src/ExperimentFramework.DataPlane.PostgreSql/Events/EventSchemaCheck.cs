using Npgsql;

namespace ExperimentFramework.DataPlane.PostgreSql;

/// <summary>Makes sure, once, that the event tables have the version that this library needs.</summary>
/// <param name="dataSource">The database.</param>
/// <param name="schema">The schema's name.</param>
/// <param name="mayMigrate">Whether the role may create and alter tables.</param>
internal sealed class EventSchemaCheck(NpgsqlDataSource dataSource, string schema, bool mayMigrate)
{
    private volatile bool _isDone;

    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        if (!_isDone)
        {
            await SchemaMigrator.EnsureAsync(dataSource, schema, EventSchema.Component, mayMigrate, cancellationToken).ConfigureAwait(false);
            _isDone = true;
        }
    }

    /// <summary>Checks again before the next event.</summary>
    public void Forget() => _isDone = false;
}
