using Npgsql;

namespace ExperimentFramework.DataPlane.PostgreSql;

/// <summary>
/// The statements on the outbox's tables, in one session. Used by one thread at a time. An outbox fills and empties faster than the server updates its statistics, so the
/// planner assumes that a destination has only a few rows; statements that change rows therefore name the range of their positions, so that the key is used.
/// </summary>
/// <param name="connection">The session.</param>
/// <param name="schema">The schema's name.</param>
internal sealed class OutboxRows(NpgsqlConnection connection, string schema)
{
    /// <summary>How long one statement may take, in seconds: workers and the shutdown wait for it.</summary>
    private const int TimeLimit = 10;

    /// <summary>Stores events: all of them, or none if it throws. Events that are already stored are left unchanged.</summary>
    /// <returns>The number of added events and their size in bytes.</returns>
    public (long Count, long Bytes) Append(Guid owner, string destination, IReadOnlyList<OutboxRow> rows) => CountAndBytes(
        """
        WITH changed AS (
            INSERT INTO {schema}.outbox_events (owner, destination, position, stored_at, experiment, variant, size, envelope)
            SELECT $1, $2, position, stored_at, experiment, variant, size, envelope
            FROM unnest($3, $4, $5, $6, $7, $8) AS added (position, stored_at, experiment, variant, size, envelope)
            ON CONFLICT DO NOTHING
            RETURNING size)
        SELECT count(*), coalesce(sum(size), 0)::bigint FROM changed
        """,
        Parameter(owner),
        Parameter(destination),
        Parameter(rows.Select(row => row.Position).ToArray()),
        Parameter(rows.Select(row => row.StoredAt.UtcDateTime).ToArray()),
        Parameter(rows.Select(row => row.Experiment).ToArray()),
        Parameter(rows.Select(row => row.Variant).ToArray()),
        Parameter(rows.Select(row => row.Size).ToArray()),
        Parameter(rows.Select(row => row.Envelope).ToArray()));

    /// <summary>Reads the oldest events of a destination.</summary>
    public List<OutboxRow> Read(Guid owner, string destination, int max) => ReadRows(
        "SELECT position, experiment, variant, stored_at, size, envelope FROM {schema}.outbox_events WHERE owner = $1 AND destination = $2 ORDER BY position LIMIT $3",
        Parameter(owner),
        Parameter(destination),
        Parameter(max));

    /// <summary>Removes events by their positions.</summary>
    /// <returns>The number of removed events and their size in bytes.</returns>
    public (long Count, long Bytes) Remove(Guid owner, string destination, long[] positions) => CountAndBytes(
        """
        WITH changed AS (
            DELETE FROM {schema}.outbox_events WHERE owner = $1 AND destination = $2 AND position BETWEEN $4 AND $5 AND position = ANY ($3)
            RETURNING size)
        SELECT count(*), coalesce(sum(size), 0)::bigint FROM changed
        """,
        Parameter(owner),
        Parameter(destination),
        Parameter(positions),
        Parameter(positions.Min()),
        Parameter(positions.Max()));

    /// <summary>Removes events by their positions, and returns those that existed.</summary>
    public List<OutboxRow> Take(Guid owner, string destination, long[] positions) => ReadRows(
        """
        DELETE FROM {schema}.outbox_events WHERE owner = $1 AND destination = $2 AND position BETWEEN $4 AND $5 AND position = ANY ($3)
        RETURNING position, experiment, variant, stored_at, size, envelope
        """,
        Parameter(owner),
        Parameter(destination),
        Parameter(positions),
        Parameter(positions.Min()),
        Parameter(positions.Max()));

    /// <summary>Removes the oldest events of a destination that were stored before a time, and returns them.</summary>
    public List<OutboxRow> RemoveExpired(Guid owner, string destination, DateTimeOffset cutoff, int max) => ReadRows(
        """
        WITH expired AS (
            SELECT position FROM {schema}.outbox_events WHERE owner = $1 AND destination = $2 AND stored_at < $3 ORDER BY position LIMIT $4)
        DELETE FROM {schema}.outbox_events
        WHERE owner = $1 AND destination = $2 AND stored_at < $3
            AND position BETWEEN (SELECT min(position) FROM expired) AND (SELECT max(position) FROM expired)
        RETURNING position, experiment, variant, stored_at, size, envelope
        """,
        Parameter(owner),
        Parameter(destination),
        Parameter(cutoff.UtcDateTime),
        Parameter(max));

    /// <summary>Gives the oldest events of a destination to another owner, from a position on, as far as their sizes fit.</summary>
    /// <returns>The number of events that changed their owner and their size in bytes.</returns>
    public (long Count, long Bytes) Move(Guid from, Guid to, string destination, long position, long maxBytes, int max) => CountAndBytes(
        """
        WITH oldest AS (
            SELECT position, row_number() OVER (ORDER BY position) - 1 AS number, sum(size) OVER (ORDER BY position) AS bytes
            FROM (SELECT position, size FROM {schema}.outbox_events WHERE owner = $1 AND destination = $3 ORDER BY position LIMIT $6) AS limited),
        changed AS (
            UPDATE {schema}.outbox_events AS event SET owner = $2, position = $4 + oldest.number
            FROM oldest
            WHERE event.owner = $1 AND event.destination = $3 AND event.position = oldest.position AND oldest.bytes <= $5
                AND event.position BETWEEN (SELECT min(position) FROM oldest) AND (SELECT max(position) FROM oldest)
            RETURNING event.size)
        SELECT count(*), coalesce(sum(size), 0)::bigint FROM changed
        """,
        Parameter(from),
        Parameter(to),
        Parameter(destination),
        Parameter(position),
        Parameter(maxBytes),
        Parameter(max));

    /// <summary>Returns the totals of an owner's stored events, by destination.</summary>
    public List<OutboxTotal> Totals(Guid owner) => Query(
        "SELECT destination, count(*), sum(size)::bigint, max(position) FROM {schema}.outbox_events WHERE owner = $1 GROUP BY destination",
        reader => new OutboxTotal(reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3)),
        Parameter(owner));

    /// <summary>Adds an owner, unless it exists.</summary>
    public void AddOwner(Guid owner, string application) =>
        Scalar("INSERT INTO {schema}.outbox_owners (owner, application) VALUES ($1, $2) ON CONFLICT DO NOTHING", Parameter(owner), Parameter(application));

    /// <summary>Returns the other owners of an application.</summary>
    public List<Guid> OtherOwners(Guid owner, string application) => Query(
        "SELECT owner FROM {schema}.outbox_owners WHERE application = $1 AND owner <> $2 ORDER BY started_at",
        reader => reader.GetGuid(0),
        Parameter(application),
        Parameter(owner));

    /// <summary>Counts the events that ended processes of other applications stored before a time and left behind, by application.</summary>
    public List<(string Application, long Count)> LeftByOthers(string application, DateTimeOffset cutoff) => Query(
        """
        WITH held AS MATERIALIZED (
            SELECT (classid::bigint << 32) | objid::bigint AS key
            FROM pg_locks
            WHERE locktype = 'advisory' AND objsubid = 1 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())),
        ended AS MATERIALIZED (
            SELECT owner, application FROM {schema}.outbox_owners
            WHERE application <> $1 AND hashtextextended($3 || owner, 0) NOT IN (SELECT key FROM held))
        SELECT application, count(*) FROM ended JOIN {schema}.outbox_events USING (owner) WHERE stored_at < $2 GROUP BY application
        """,
        reader => (reader.GetString(0), reader.GetInt64(1)),
        Parameter(application),
        Parameter(cutoff.UtcDateTime),
        Parameter(LockPrefix));

    /// <summary>Removes an owner without events.</summary>
    public void RemoveOwner(Guid owner) => Scalar(
        "DELETE FROM {schema}.outbox_owners WHERE owner = $1 AND NOT EXISTS (SELECT FROM {schema}.outbox_events WHERE owner = $1)", Parameter(owner));

    /// <summary>
    /// Takes the lock of this session's owner until the session ends, and makes the server notice within a minute if this host disappears, and read events in the
    /// order of the key instead of sorting all of a destination.
    /// </summary>
    /// <returns>Whether no other session has the lock.</returns>
    public bool Lock(Guid owner) => Query(
        """
        SELECT pg_try_advisory_lock(hashtextextended($1, 0)),
            set_config('tcp_keepalives_idle', '30', false), set_config('tcp_keepalives_interval', '10', false), set_config('tcp_keepalives_count', '3', false),
            set_config('enable_bitmapscan', 'off', false)
        """,
        reader => reader.GetBoolean(0),
        Parameter(LockName(owner)))[0];

    /// <summary>Releases the lock of this session's owner: a pooled connection would keep it.</summary>
    public void Unlock(Guid owner) => Scalar("SELECT pg_advisory_unlock(hashtextextended($1, 0))", Parameter(LockName(owner)));

    /// <summary>Runs an action in a transaction.</summary>
    public T InTransaction<T>(Func<T> work)
    {
        using var transaction = connection.BeginTransaction();
        var result = work();
        transaction.Commit();
        return result;
    }

    /// <summary>Runs an action in a transaction that has the lock of another owner, whose process has ended.</summary>
    /// <returns>The action's result; the default if the process is still running.</returns>
    public T? InPlaceOf<T>(Guid owner, Func<T> work) => InTransaction(() => TryReplace(owner) ? work() : default);

    /// <summary>Takes the lock of another owner until the transaction ends.</summary>
    /// <returns>False if its process is still running.</returns>
    public bool TryReplace(Guid owner) => Scalar("SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0))", Parameter(LockName(owner))) is true;

    /// <summary>Returns the id of the current transaction.</summary>
    public long Transaction() => (long)Scalar("SELECT txid_current()")!;

    /// <summary>Returns whether a transaction was committed; null if it is still in progress. One that the server does not know was lost with another server.</summary>
    public bool? IsCommitted(long transaction) => Scalar(
        "SELECT CASE WHEN $1 < txid_snapshot_xmax(txid_current_snapshot()) THEN txid_status($1) END", Parameter(transaction)) switch
    {
        "committed" => true,
        "in progress" => null,
        _ => false,
    };

    private string LockName(Guid owner) => $"{LockPrefix}{owner}";

    private string LockPrefix => $"dataplane outbox {schema} ";

    private static NpgsqlParameter<T> Parameter<T>(T value) => new() { TypedValue = value };

    private NpgsqlCommand Command(string sql, NpgsqlParameter[] parameters)
    {
        var command = new NpgsqlCommand(SchemaName.Apply(sql, schema), connection) { CommandTimeout = TimeLimit };
        command.Parameters.AddRange(parameters);
        return command;
    }

    private object? Scalar(string sql, params NpgsqlParameter[] parameters)
    {
        using var command = Command(sql, parameters);
        return command.ExecuteScalar();
    }

    private (long Count, long Bytes) CountAndBytes(string sql, params NpgsqlParameter[] parameters) =>
        Query(sql, reader => (reader.GetInt64(0), reader.GetInt64(1)), parameters)[0];

    private List<OutboxRow> ReadRows(string sql, params NpgsqlParameter[] parameters) => Query(
        sql,
        reader => new OutboxRow(reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetFieldValue<DateTimeOffset>(3), reader.GetInt32(4), reader.GetString(5)),
        parameters);

    private List<T> Query<T>(string sql, Func<NpgsqlDataReader, T> read, params NpgsqlParameter[] parameters)
    {
        using var command = Command(sql, parameters);
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
        {
            rows.Add(read(reader));
        }

        return rows;
    }
}
