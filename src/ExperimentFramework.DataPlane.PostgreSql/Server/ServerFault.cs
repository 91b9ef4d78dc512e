using System.Net.Sockets;
using System.Text.RegularExpressions;
using Npgsql;

namespace ExperimentFramework.DataPlane.PostgreSql;

/// <summary>What kind of fault an exception of Npgsql is.</summary>
internal static partial class ServerFault
{
    /// <summary>
    /// Whether some row of a COPY exists already: the primary key of a partition refuses it. Another unique index refuses a row that is not stored.
    /// </summary>
    public static bool IsDuplicate(Exception exception) =>
        exception is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: { } name } && PrimaryKey().IsMatch(name);

    /// <summary>Whether a rule that was added to a table refuses a row: a unique index, a constraint or a column that requires a value.</summary>
    public static bool IsAddedRule(Exception exception) =>
        exception is PostgresException postgres && postgres.SqlState.StartsWith("23", StringComparison.Ordinal) && !IsDuplicate(exception) && !IsMissingPartition(exception);

    /// <summary>Whether a row belongs in a partition that does not exist.</summary>
    public static bool IsMissingPartition(Exception exception) => exception is PostgresException { SqlState: PostgresErrorCodes.CheckViolation, ConstraintName: null };

    /// <summary>
    /// Whether a value of a row can never be stored: a number or a time outside the server's range, invalid JSON, a row that is too large. Other
    /// data errors do not count as the event's fault: a column that someone has narrowed would make the destination discard every event.
    /// </summary>
    public static bool IsBadValue(Exception exception) => exception is PostgresException
    {
        SqlState: PostgresErrorCodes.CharacterNotInRepertoire or PostgresErrorCodes.UntranslatableCharacter or PostgresErrorCodes.NumericValueOutOfRange
            or PostgresErrorCodes.DatetimeFieldOverflow or PostgresErrorCodes.ProgramLimitExceeded or PostgresErrorCodes.InvalidTextRepresentation,
    };

    /// <summary>Whether the server, the database, the schema or the role cannot be used at all, whatever is asked.</summary>
    public static bool IsOutage(Exception exception) => exception switch
    {
        PostgresException postgres => IsOutageState(postgres.SqlState),
        NpgsqlException or SocketException or IOException or ObjectDisposedException => true,
        _ => false,
    };

    /// <summary>The name that PostgreSQL gives the primary key of a partition; with a number if a detached partition has the name.</summary>
    [GeneratedRegex(@"_pkey[0-9]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex PrimaryKey();

    private static bool IsOutageState(string state) => state is
        PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification or PostgresErrorCodes.InvalidCatalogName
        or PostgresErrorCodes.InsufficientPrivilege or PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName
        or PostgresErrorCodes.UndefinedColumn or PostgresErrorCodes.UndefinedFunction or PostgresErrorCodes.ReadOnlySqlTransaction
        || state.StartsWith("08", StringComparison.Ordinal)
        || state.StartsWith("53", StringComparison.Ordinal)
        || state.StartsWith("57P", StringComparison.Ordinal)
        || state.StartsWith("58", StringComparison.Ordinal)
        || state.StartsWith("XX", StringComparison.Ordinal);
}
