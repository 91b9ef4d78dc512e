using System.Runtime.CompilerServices;
using Npgsql;

namespace ExperimentFramework.DataPlane.PostgreSql;

/// <summary>Reads the events that <see cref="PostgreSqlDataBackplane"/> has written.</summary>
public static class PostgreSqlEvents
{
    /// <summary>
    /// Reads the events of all tables from one snapshot, the earliest first, and those of one microsecond by id. Memory is bounded: the server sorts the rows and keeps them until they are
    /// read. The role needs <c>SELECT</c> on the tables.
    /// </summary>
    /// <param name="dataSource">The database. It is not disposed.</param>
    /// <param name="schema">The schema's name. Default: <c>dataplane</c>.</param>
    /// <param name="onUnreadableRow">
    /// Receives a message about each row that this version cannot read, such as one with a later major version of a schema, after which reading continues. Without a value such a row ends reading with an exception. Default: none.
    /// </param>
    /// <param name="cancellationToken">Cancels reading.</param>
    /// <returns>The events.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="dataSource"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="schema"/> is not the name of a schema.</exception>
    /// <exception cref="InvalidDataException">A row cannot be read, and <paramref name="onUnreadableRow"/> is null. Thrown, as the following, while reading.</exception>
    /// <exception cref="IOException">The server cannot be reached or refuses the role, or the tables do not exist; the message says which, and names host, database and role.</exception>
    /// <exception cref="TimeoutException">The server did not respond within the command timeout of the connection string.</exception>
    public static IAsyncEnumerable<DataPlaneEnvelope> ReadAsync(
        NpgsqlDataSource dataSource, string schema = SchemaName.Default, Action<string>? onUnreadableRow = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(dataSource);
        return SchemaName.Error(schema) is { } error
            ? throw new ArgumentException($"The schema {error}", nameof(schema))
            : EnumerateAsync(dataSource, schema, onUnreadableRow, cancellationToken);
    }

    private static async IAsyncEnumerable<DataPlaneEnvelope> EnumerateAsync(
        NpgsqlDataSource dataSource, string schema, Action<string>? onUnreadableRow, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reader = new SnapshotReader(dataSource, schema, onUnreadableRow);
        await using (reader.ConfigureAwait(false))
        {
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false) is { } envelope)
            {
                yield return envelope;
            }
        }
    }
}
