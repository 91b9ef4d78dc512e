using Npgsql;

namespace ExperimentFramework.DataPlane.PostgreSql;

/// <summary>
/// Determines whether a connection is one session of the server. Behind a pooler in transaction mode it is not: each transaction runs in any free session, so that a
/// lock would belong to the next user of that session, and two processes could take one owner's events.
/// </summary>
internal static class SessionCheck
{
    /// <summary>How often another connection tries to get the same session: a pooler that serves others too may give it another one.</summary>
    private const int Attempts = 10;

    private const string Remedy =
        "PostgreSQL is reached through a pooler that does not keep a session for each connection, such as PgBouncer with pool_mode=transaction. The outbox holds a lock for as long as its session lasts. "
        + "Set pool_mode=session in the pooler for this database or role, or connect to the server itself: PostgreSqlOutboxOptions.ConnectionString";

    /// <summary>Requires a session.</summary>
    /// <param name="dataSource">The database.</param>
    /// <param name="connection">An open connection that is not in a transaction.</param>
    /// <exception cref="IOException">The connection is not one session; the message names the remedy.</exception>
    public static void Require(NpgsqlDataSource dataSource, NpgsqlConnection connection)
    {
        var session = SessionOf(connection);
        if (session == connection.ProcessID || new NpgsqlConnectionStringBuilder(dataSource.ConnectionString).MaxPoolSize < 2)
        {
            // The server itself has announced the session, or there is no second connection to ask.
            return;
        }

        using var other = dataSource.OpenConnection();
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            using var transaction = other.BeginTransaction();
            if (SessionOf(other) == session || SessionOf(connection) != session)
            {
                throw SafeText.Own(new IOException($"{Remedy} ({DatabaseAddress.Of(dataSource)})."));
            }
        }
    }

    private static int SessionOf(NpgsqlConnection connection)
    {
        using var command = new NpgsqlCommand("SELECT pg_backend_pid()", connection);
        return (int)command.ExecuteScalar()!;
    }
}
