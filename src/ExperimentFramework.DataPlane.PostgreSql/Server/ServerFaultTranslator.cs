using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.RegularExpressions;
using Npgsql;

namespace ExperimentFramework.DataPlane.PostgreSql;

/// <summary>
/// Explains an exception of Npgsql to operators: what is wrong, the remedy, and which server, database and role it is about. Of the server's own
/// message only the names of objects in the schema are shown, because it may quote values of a row; all of it is in the inner exception.
/// </summary>
/// <param name="dataSource">The database.</param>
/// <param name="schema">The schema's name.</param>
/// <param name="page">The page that lists the privileges.</param>
internal sealed partial class ServerFaultTranslator(NpgsqlDataSource dataSource, string schema, string page)
{
    private readonly DatabaseAddress _address = DatabaseAddress.Of(dataSource);

    /// <summary>A sentence for operators about a server that accepts no writes.</summary>
    public string ReadOnly => $"{ReadOnlyReason} ({_address}).";

    /// <summary>The setting that the server's hint names, in every language.</summary>
    private const string LockSetting = "max_locks_per_transaction";

    private const string ReadOnlyReason = "PostgreSQL is read-only: it is a standby, or default_transaction_read_only is on. Connect to the primary (Target Session Attributes=primary)";

    /// <summary>Translates an exception into one whose text may be shown to operators.</summary>
    /// <param name="exception">The exception of Npgsql.</param>
    /// <returns><see cref="TimeoutException"/> if the server did not answer in time, otherwise <see cref="IOException"/>.</returns>
    public Exception Translate(Exception exception) => exception switch
    {
        _ when SafeText.IsOwn(exception) => exception,
        PostgresException postgres => Own(Reason(postgres), postgres, $", SQLSTATE {postgres.SqlState}"),
        NpgsqlException { InnerException: TimeoutException } or TimeoutException =>
            SafeText.Own(new TimeoutException($"PostgreSQL did not respond in time ({_address}).", exception)),
        NpgsqlException { InnerException: SocketException socket } => Own(Unreachable(socket), exception),
        SocketException socket => Own(Unreachable(socket), exception),
        NpgsqlException { InnerException: AuthenticationException } => Own("PostgreSQL's certificate was not accepted. Check SSL Mode and Root Certificate", exception),
        NpgsqlException { InnerException: IOException } or IOException => Own("The connection to PostgreSQL was lost", exception),
        NpgsqlException when LacksPassword(exception) => Own(
            "PostgreSQL requires a password, and none is given. Add Password=... to the connection string, or name a file in Passfile=..., or register an NpgsqlDataSource that provides one", exception),
        NpgsqlException => Own("The connection to PostgreSQL failed", exception),
        ObjectDisposedException => Own("The NpgsqlDataSource has been disposed", exception),
        _ => exception,
    };

    private static string Unreachable(SocketException socket) => $"PostgreSQL cannot be reached ({socket.SocketErrorCode}). Check that the server runs, and Host and Port";

    /// <summary>Npgsql has neither a type nor a code for this.</summary>
    private static bool LacksPassword(Exception exception) => exception.Message.StartsWith("No password has been provided", StringComparison.Ordinal);

    private IOException Own(string reason, Exception cause, string state = "") => SafeText.Own(new IOException($"{reason} ({_address}{state}).", cause));

    private string Reason(PostgresException postgres) => postgres.SqlState switch
    {
        PostgresErrorCodes.InvalidPassword =>
            "PostgreSQL refuses the password of the role. Correct Password=... in the connection string, the file that Passfile=... names, or what the registered NpgsqlDataSource provides",
        PostgresErrorCodes.InvalidAuthorizationSpecification =>
            "PostgreSQL does not let the role in. Check that the role exists and may log in, and that the server's pg_hba.conf allows it from this host to this database, with this SSL Mode",
        PostgresErrorCodes.InvalidCatalogName => "The database does not exist in PostgreSQL. Create it, or correct Database",
        PostgresErrorCodes.InsufficientPrivilege => Denied(postgres.MessageText),
        PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName or PostgresErrorCodes.UndefinedColumn or PostgresErrorCodes.UndefinedFunction =>
            $"PostgreSQL has no {Missing(postgres.MessageText)}. Run PostgreSqlSchema.MigrateAsync with the role that owns the schema, or set Migrate to true, or correct Schema",
        PostgresErrorCodes.DiskFull => "The disk of the PostgreSQL server is full. Free space, or shorten Retention",
        PostgresErrorCodes.DuplicateTable when postgres.TableName is { Length: > 0 } table =>
            $"The table {schema}.{table} in PostgreSQL has the name of a partition but is not one, because it was detached. Rename it, or attach it again with ALTER TABLE ... ATTACH PARTITION",
        PostgresErrorCodes.OutOfMemory when postgres.Hint?.Contains(LockSetting, StringComparison.Ordinal) == true =>
            $"PostgreSQL has no memory for another lock. Raise {LockSetting}, which takes a restart of the server",
        PostgresErrorCodes.OutOfMemory => "The PostgreSQL server is out of memory",
        PostgresErrorCodes.TooManyConnections =>
            "PostgreSQL has no connection left for the role. Raise max_connections, or the CONNECTION LIMIT of the role or the database, or lower Maximum Pool Size",
        PostgresErrorCodes.ReadOnlySqlTransaction => ReadOnlyReason,
        PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow => "PostgreSQL is stopping or starting. This is retried until it is ready",
        PostgresErrorCodes.UniqueViolation when postgres.ConstraintName is { Length: > 0 } index => $"The unique index '{index}'{OfTable(postgres)} in PostgreSQL refuses rows. Drop it",
        PostgresErrorCodes.NotNullViolation when postgres.ColumnName is { Length: > 0 } column =>
            $"The column '{column}'{OfTable(postgres)} in PostgreSQL requires a value, and rows have none. Give it a default, or drop its NOT NULL",
        { } state when state.StartsWith("23", StringComparison.Ordinal) && postgres.ConstraintName is { Length: > 0 } constraint =>
            $"The constraint '{constraint}'{OfTable(postgres)} in PostgreSQL refuses rows. Drop it",
        PostgresErrorCodes.DeadlockDetected => "PostgreSQL resolved a deadlock by ending this statement",
        PostgresErrorCodes.SerializationFailure => "A concurrent transaction changed the same rows in PostgreSQL",
        PostgresErrorCodes.LockNotAvailable => "A lock in PostgreSQL was not available in time",
        PostgresErrorCodes.QueryCanceled => "PostgreSQL canceled the statement: its time limit elapsed, or an operator canceled it",
        { } state when state.StartsWith("08", StringComparison.Ordinal) => "The connection to PostgreSQL failed",
        { } state when state.StartsWith("53", StringComparison.Ordinal) => "PostgreSQL is out of resources",
        { } state when state.StartsWith("57P", StringComparison.Ordinal) => "PostgreSQL ended the session",
        { } state when state.StartsWith("58", StringComparison.Ordinal) => "PostgreSQL cannot read or write its files",
        { } state when state.StartsWith("XX", StringComparison.Ordinal) => "PostgreSQL has found an internal error or damaged data",
        _ => $"PostgreSQL refused the statement{Objects(postgres)}",
    };

    private static string OfTable(PostgresException postgres) => postgres.TableName is { Length: > 0 } table ? $" of table '{postgres.SchemaName}.{table}'" : "";

    /// <summary>The objects that the server names, for an error that has no sentence of its own.</summary>
    private static string Objects(PostgresException postgres) =>
        (postgres.ConstraintName is { Length: > 0 } constraint ? $" because of constraint '{constraint}'" : postgres.ColumnName is { Length: > 0 } column ? $" because of column '{column}'" : "")
        + OfTable(postgres);

    private string Denied(string message)
    {
        var match = DeniedObject().Match(message);
        var (kind, name) = (match.Groups["kind"].Value, match.Groups["name"].Value);
        return kind switch
        {
            "schema" or "database" =>
                $"PostgreSQL denies the role a privilege on {kind} '{name}'. Grant what {page} lists for schema '{schema}'; to create its tables, run PostgreSqlSchema.MigrateAsync with the role that owns the schema, and set Migrate to false",
            "" => $"PostgreSQL denies the role a privilege. Grant what {page} lists for schema '{schema}'",
            _ => $"PostgreSQL denies the role a privilege on {kind} '{schema}.{name}'. Grant what {page} lists",
        };
    }

    private string Missing(string message) => MissingObject().Match(message) is { Success: true } match
        ? (match.Groups["kind"].Value, match.Groups["name"].Value) switch
        {
            ("relation", var name) => $"table {name}",
            ("schema", var name) => $"schema '{name}'",
            (var kind, var name) => $"{kind} {name}, which the data plane needs in schema '{schema}'",
        }
        : $"table, column or function that the data plane needs in schema '{schema}'";

    [GeneratedRegex(@"\A(permission denied for|must be owner of) (?<kind>[a-z ]{1,40}) ""?(?<name>[a-z0-9_]{1,63})""?\z", RegexOptions.CultureInvariant)]
    private static partial Regex DeniedObject();

    [GeneratedRegex(@"\A(?<kind>relation|schema|function|column) ""?(?<name>[a-z0-9_.]{1,127})""?(\([a-z ,]*\))?( of relation ""[a-z0-9_]{1,63}"")? does not exist\z", RegexOptions.CultureInvariant)]
    private static partial Regex MissingObject();
}
