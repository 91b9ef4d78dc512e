using System.Globalization;
using System.Net;
using Npgsql;

namespace ExperimentFramework.DataPlane.PostgreSql;

/// <summary>Where a data source connects to: for messages, and to recognize two registrations of one database. Contains no password.</summary>
/// <param name="Servers">The hosts with their ports, separated by commas.</param>
/// <param name="Database">The database's name.</param>
/// <param name="Role">The role that logs in.</param>
internal sealed record DatabaseAddress(string Servers, string Database, string Role)
{
    private const string Loopback = "localhost";

    /// <summary>The address of a data source, with Npgsql's defaults for everything that its connection string leaves out.</summary>
    public static DatabaseAddress Of(NpgsqlDataSource dataSource)
    {
        var parts = new NpgsqlConnectionStringBuilder(dataSource.ConnectionString);
        var role = FirstNotEmpty(parts.Username, Environment.GetEnvironmentVariable("PGUSER"), Environment.UserName);
        var servers = (parts.Host ?? "").Split(',', StringSplitOptions.TrimEntries).Select(host => Server(host, parts.Port));
        return new DatabaseAddress(string.Join(',', servers), FirstNotEmpty(parts.Database, role), role);
    }

    public override string ToString() => $"{Servers}, database '{Database}', role '{Role}'";

    private static string FirstNotEmpty(params ReadOnlySpan<string?> values)
    {
        foreach (var value in values)
        {
            if (!string.IsNullOrEmpty(value))
            {
                return value;
            }
        }

        return "";
    }

    /// <summary>One spelling for each server: host names are case-insensitive, and all names of this machine are the same.</summary>
    private static string Server(string host, int port)
    {
        var colon = host.LastIndexOf(':');
        var hasPort = colon > 0 && (host[colon - 1] == ']' || host.IndexOf(':', StringComparison.Ordinal) == colon);
        if (hasPort && int.TryParse(host.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var own))
        {
            (host, port) = (host[..colon], own);
        }

        // A folder of Unix sockets keeps its case.
        var name = host.StartsWith('/') ? host : host.ToLowerInvariant();
        var isLoopback = IPAddress.TryParse(name.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address);
        return string.Create(CultureInfo.InvariantCulture, $"{(isLoopback ? Loopback : name)}:{port}");
    }
}
