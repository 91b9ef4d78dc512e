using System.Data.Common;
using System.Globalization;
using System.Runtime.CompilerServices;
using ExperimentFramework.DataPlane.PostgreSql;
using Npgsql;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>The tables of a PostgreSQL database: <c>postgresql://user@host:5432/database?schema=dataplane</c>, or a connection string such as <c>Host=host;Username=user</c>.</summary>
internal sealed class PostgreSqlSource : RemoteSource
{
    private const string SchemaKeyword = "schema";
    private const string Example = "Write it as postgresql://USER@HOST:PORT/DATABASE, or as 'Host=HOST;Port=PORT;Database=DATABASE;Username=USER'.";
    private static readonly string[] Schemes = ["postgresql://", "postgres://"];
    private static readonly string[] HostKeywords = ["Host=", "Server="];

    /// <summary>The names that libpq, and so the address, has for keywords of Npgsql.</summary>
    private static readonly Dictionary<string, string> Keywords = new(StringComparer.OrdinalIgnoreCase)
    {
        ["sslrootcert"] = "Root Certificate",
        ["sslcert"] = "SSL Certificate",
        ["sslkey"] = "SSL Key",
        ["connect_timeout"] = "Timeout",
        ["application_name"] = "Application Name",
        ["target_session_attrs"] = "Target Session Attributes",
        ["dbname"] = "Database",
        ["user"] = "Username",
    };

    private readonly NpgsqlConnectionStringBuilder _connection;
    private readonly string _schema;

    private PostgreSqlSource(NpgsqlConnectionStringBuilder connection, string schema)
    {
        _connection = connection;
        _schema = schema;
    }

    public override string Name => string.Create(
        CultureInfo.InvariantCulture,
        $"{Schemes[0]}{(_connection.Username is { Length: > 0 } user ? user + "@" : "")}{_connection.Host}{(_connection.Port == NpgsqlConnection.DefaultPort ? "" : $":{_connection.Port}")}/{_connection.Database}{(_schema == SchemaName.Default ? "" : $"?{SchemaKeyword}={_schema}")}");

    public override SourceFormat Format => SourceFormat.PostgreSql;

    public override string EmptyQuestion => "Was another database or schema meant, or are its events older than its retention?";

    /// <summary>Reads an address or a connection string.</summary>
    /// <returns>Null if the text is neither.</returns>
    /// <exception cref="CommandException">It is one, and has a mistake. No part of it is quoted: a password may be in the wrong place.</exception>
    public static PostgreSqlSource? Parse(string text)
    {
        try
        {
            return Array.Find(Schemes, scheme => text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)) is { } used ? Create(KeywordsOf(text[used.Length..]))
                : IsConnectionString(text) ? Create(new DbConnectionStringBuilder { ConnectionString = text })
                : null;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or OverflowException or InvalidCastException)
        {
            throw new CommandException($"The address of the database cannot be read. {Example}");
        }
    }

    public override async IAsyncEnumerable<DataPlaneEnvelope> ReadAsync(ToolConsole console, Action<SourceFault> report, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var database = NpgsqlDataSource.Create(_connection);
        await using var events = PostgreSqlEvents.ReadAsync(database, _schema, message => report(new SourceFault(Name, null, null, message)), cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await RemoteFailure.TranslateAsync(events.MoveNextAsync))
        {
            yield return events.Current;
        }
    }

    /// <summary>The keywords of a connection string have any order. A file may have such a name, too.</summary>
    private static bool IsConnectionString(string text) =>
        (Array.Exists(HostKeywords, keyword => text.StartsWith(keyword, StringComparison.OrdinalIgnoreCase)) || (text.Contains('=', StringComparison.Ordinal) && text.Contains(';', StringComparison.Ordinal)))
        && !Path.Exists(text);

    private static PostgreSqlSource Create(DbConnectionStringBuilder keywords)
    {
        var schema = keywords.TryGetValue(SchemaKeyword, out var named) ? (string)named : SchemaName.Default;
        keywords.Remove(SchemaKeyword);

        // Sorting takes the server as long as it takes; Ctrl+C ends it.
        var connection = new NpgsqlConnectionStringBuilder { CommandTimeout = 0 };
        foreach (string keyword in keywords.Keys)
        {
            // What libpq calls verify-full is VerifyFull here.
            var isMode = keyword.Equals("sslmode", StringComparison.OrdinalIgnoreCase);
            connection[Keywords.GetValueOrDefault(keyword, keyword)] = isMode ? ((string)keywords[keyword]).Replace("-", "", StringComparison.Ordinal) : keywords[keyword];
        }

        if (!string.IsNullOrEmpty(connection.Password) || !string.IsNullOrEmpty(connection.SslPassword))
        {
            throw new CommandException("The address of a database must not contain a password: others can see the arguments of a process. Set PGPASSWORD in the environment, or write it into the file that PGPASSFILE names.");
        }

        return SchemaName.Error(schema) is { } wrong ? throw new CommandException($"The schema {wrong}")
            // The form of libpq has spaces between keywords: all of them would be taken for the host, and be quoted with it.
            : connection.Host?.AsSpan().IndexOfAny(' ', '=') >= 0 ? throw new FormatException()
            : string.IsNullOrWhiteSpace(connection.Host) ? throw new CommandException($"The address of the database names no host. {Example}")
            : new PostgreSqlSource(connection, schema);
    }

    /// <summary>Takes an address apart: <c>user@host:port/database?keyword=value</c>.</summary>
    private static DbConnectionStringBuilder KeywordsOf(string address)
    {
        var keywords = new DbConnectionStringBuilder();
        var place = address.Split('?')[0];
        var at = place.LastIndexOf('@');
        if (at >= 0)
        {
            var user = place[..at].Split(':', 2);
            keywords["Username"] = Uri.UnescapeDataString(user[0]);
            if (user.Length > 1)
            {
                keywords["Password"] = Uri.UnescapeDataString(user[1]);
            }
        }

        var server = place[(at + 1)..].Split('/', 2);
        AddHost(keywords, Uri.UnescapeDataString(server[0]));
        if (server.Length > 1 && server[1].Length > 0)
        {
            keywords["Database"] = Uri.UnescapeDataString(server[1]);
        }

        foreach (var (name, value) in SettingsIn(address))
        {
            keywords[name] = value;
        }

        return keywords;
    }

    /// <summary>Several hosts keep their ports with them; an IPv6 address has colons of its own, inside brackets.</summary>
    private static void AddHost(DbConnectionStringBuilder keywords, string hosts)
    {
        var colon = hosts.LastIndexOf(':');
        var hasPort = colon > hosts.LastIndexOf(']') && !hosts.Contains(',', StringComparison.Ordinal);
        keywords["Host"] = hasPort ? hosts[..colon] : hosts;
        if (hasPort)
        {
            keywords["Port"] = hosts[(colon + 1)..];
        }
    }
}
