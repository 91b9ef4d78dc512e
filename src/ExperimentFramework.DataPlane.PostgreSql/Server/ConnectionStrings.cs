using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Npgsql;

namespace ExperimentFramework.DataPlane.PostgreSql;

/// <summary>Checks connection strings. No message quotes any part of one: a password with a semicolon in it looks like a keyword.</summary>
internal static class ConnectionStrings
{
    private const string Example = "Write it as Host=db;Port=5432;Database=experiments;Username=dataplane;Password=..., with a value that contains a semicolon in quotes.";

    /// <summary>Returns what is wrong with a connection string, as the rest of a sentence that begins with the option's name; null if it can be used.</summary>
    public static string? Error(string connectionString)
    {
        try
        {
            var parts = new NpgsqlConnectionStringBuilder(connectionString);
            return string.IsNullOrWhiteSpace(parts.Host) ? $"names no Host. {Example}" : null;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or OverflowException or InvalidCastException)
        {
            return UnreadableKeyword(connectionString) is { } keyword
                ? $"has a value for {keyword} that cannot be read. {Example}"
                : $"cannot be parsed. {Example}";
        }
    }

    /// <summary>Requires a connection string that was passed as an argument.</summary>
    /// <param name="connectionString">The argument.</param>
    /// <param name="parameterName">The parameter's name.</param>
    /// <param name="method">The method that has an overload without the parameter.</param>
    /// <exception cref="ArgumentException">It is null or empty.</exception>
    public static void Require([NotNull] string? connectionString, string parameterName, string method)
    {
        if (string.IsNullOrWhiteSpace(connectionString))
        {
            throw new ArgumentException(
                $"The connection string is {(connectionString is null ? "null" : "empty")}. {Example} If it comes from the configuration, check its key, such as ConnectionStrings:experiments. To use the registered NpgsqlDataSource, call {method} without a connection string.",
                parameterName);
        }
    }

    /// <summary>Returns the keyword, as Npgsql spells it, whose value cannot be read; null if that is not the error.</summary>
    private static string? UnreadableKeyword(string connectionString)
    {
        try
        {
            var values = new DbConnectionStringBuilder { ConnectionString = connectionString };
            var known = new NpgsqlConnectionStringBuilder();
            foreach (string keyword in values.Keys)
            {
                if (known.ContainsKey(keyword) && !CanSet(keyword, values[keyword]))
                {
                    return keyword;
                }
            }
        }
        catch (ArgumentException)
        {
            // It has no keywords and values at all, or one that Npgsql does not know.
        }

        return null;
    }

    private static bool CanSet(string keyword, object value)
    {
        try
        {
            new NpgsqlConnectionStringBuilder()[keyword] = value;
            return true;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or OverflowException or InvalidCastException)
        {
            return false;
        }
    }
}
