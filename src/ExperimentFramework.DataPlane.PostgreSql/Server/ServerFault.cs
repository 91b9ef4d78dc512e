using System.Net.Sockets;
using Npgsql;

namespace ExperimentFramework.DataPlane.PostgreSql;

/// <summary>
/// Says what an exception of Npgsql means for operators. The server's own message is left out of the text, because it may quote values of a row; it is in the
/// inner exception.
/// </summary>
internal static class ServerFault
{
    /// <summary>Whether some row of a COPY exists already.</summary>
    public static bool IsDuplicate(Exception exception) => exception is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation };

    /// <summary>Whether a row belongs into a partition that does not exist.</summary>
    public static bool IsMissingPartition(Exception exception) => exception is PostgresException { SqlState: PostgresErrorCodes.CheckViolation, ConstraintName: null };

    /// <summary>
    /// Whether a value of a row can never be stored: a number or a time outside the server's range, JSON that is none, a row that is too large. Other
    /// errors of data are not taken for the event's fault: a column that somebody has narrowed would have every event thrown away.
    /// </summary>
    public static bool IsBadValue(Exception exception) => exception is PostgresException
    {
        SqlState: PostgresErrorCodes.CharacterNotInRepertoire or PostgresErrorCodes.UntranslatableCharacter or PostgresErrorCodes.NumericValueOutOfRange
            or PostgresErrorCodes.DatetimeFieldOverflow or PostgresErrorCodes.ProgramLimitExceeded or PostgresErrorCodes.InvalidTextRepresentation,
    };

    /// <summary>Whether the server, the database or the role cannot be used at all, whatever is asked.</summary>
    public static bool IsOutage(Exception exception) => exception switch
    {
        PostgresException postgres => OutageReason(postgres) is not null,
        NpgsqlException or SocketException or IOException or ObjectDisposedException => true,
        _ => false,
    };

    /// <summary>Translates an exception into one whose text may be shown to operators.</summary>
    /// <param name="exception">The exception of Npgsql.</param>
    /// <returns><see cref="TimeoutException"/> if the server did not answer in time, otherwise <see cref="IOException"/>.</returns>
    public static Exception Translate(Exception exception) => exception switch
    {
        PostgresException postgres => Own(OutageReason(postgres) ?? Reason(postgres), postgres),
        NpgsqlException { InnerException: TimeoutException } or TimeoutException =>
            SafeText.Own(new TimeoutException("PostgreSQL did not respond in time.", exception)),
        NpgsqlException { InnerException: SocketException socket } => Own($"PostgreSQL cannot be reached ({socket.SocketErrorCode}). Check that the server runs, and Host and Port.", exception),
        SocketException socket => Own($"PostgreSQL cannot be reached ({socket.SocketErrorCode}). Check that the server runs, and Host and Port.", exception),
        NpgsqlException { InnerException: System.Security.Authentication.AuthenticationException } =>
            Own("PostgreSQL's certificate was not accepted. Check SSL Mode and Root Certificate.", exception),
        NpgsqlException { InnerException: IOException } or IOException => Own("The connection to PostgreSQL was lost.", exception),
        NpgsqlException => Own("The connection to PostgreSQL failed.", exception),
        ObjectDisposedException => Own("The NpgsqlDataSource has been disposed.", exception),
        _ => exception,
    };

    private static IOException Own(string reason, Exception cause) => SafeText.Own(new IOException(reason, cause));

    private static string? OutageReason(PostgresException postgres) => (postgres.SqlState switch
    {
        PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification =>
            "PostgreSQL refuses the role or its password. Check Username, Password and the server's pg_hba.conf",
        PostgresErrorCodes.InvalidCatalogName => "The database does not exist in PostgreSQL. Create it, or correct Database",
        PostgresErrorCodes.InsufficientPrivilege => "PostgreSQL denies the role a privilege. Grant what docs/how-to/destinations/write-postgresql.md lists",
        PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName or PostgresErrorCodes.UndefinedColumn or PostgresErrorCodes.UndefinedFunction =>
            "A table, column or function of the data plane is missing in PostgreSQL. Migrate the schema, or correct Schema",
        PostgresErrorCodes.DiskFull => "The disk of the PostgreSQL server is full. Free space, or shorten Retention",
        PostgresErrorCodes.OutOfMemory => "The PostgreSQL server is out of memory",
        PostgresErrorCodes.TooManyConnections => "PostgreSQL has no connection left. Raise max_connections, or lower Maximum Pool Size",
        PostgresErrorCodes.ReadOnlySqlTransaction => "PostgreSQL is read-only: it is a standby, or default_transaction_read_only is on. Connect to the primary (Target Session Attributes=primary)",
        PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow => "PostgreSQL is stopping or starting",
        { } state when state.StartsWith("08", StringComparison.Ordinal) => "The connection to PostgreSQL failed",
        { } state when state.StartsWith("53", StringComparison.Ordinal) => "PostgreSQL is out of resources",
        { } state when state.StartsWith("57P", StringComparison.Ordinal) => "PostgreSQL ended the session",
        { } state when state.StartsWith("58", StringComparison.Ordinal) => "PostgreSQL cannot read or write its files",
        { } state when state.StartsWith("XX", StringComparison.Ordinal) => "PostgreSQL has found an internal error or damaged data",
        _ => null,
    }) is { } reason ? $"{reason} (SQLSTATE {postgres.SqlState})." : null;

    private static string Reason(PostgresException postgres) => (postgres.SqlState switch
    {
        PostgresErrorCodes.DeadlockDetected => "PostgreSQL resolved a deadlock by ending this statement",
        PostgresErrorCodes.SerializationFailure => "A concurrent transaction changed the same rows in PostgreSQL",
        PostgresErrorCodes.LockNotAvailable => "A lock in PostgreSQL was not available in time",
        PostgresErrorCodes.QueryCanceled => "PostgreSQL canceled the statement: its time limit elapsed, or an operator canceled it",
        _ => "PostgreSQL refused the statement",
    }) + $" (SQLSTATE {postgres.SqlState}).";
}
