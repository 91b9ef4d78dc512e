using System.Collections.Concurrent;

namespace ExperimentFramework.DataPlane.PostgreSql;

/// <summary>The schemas that the destinations of one container write to. Two destinations for one schema would send every event there twice.</summary>
internal sealed class DatabaseClaims
{
    private readonly ConcurrentDictionary<(string Servers, string Database, string Schema), string> _claims = new();

    /// <summary>Claims a schema for a destination. The same destination may claim it again.</summary>
    /// <param name="address">The database.</param>
    /// <param name="schema">The schema's name.</param>
    /// <param name="name">The name of the destination's options.</param>
    /// <exception cref="InvalidOperationException">Another destination has claimed it.</exception>
    public void Claim(DatabaseAddress address, string schema, string name)
    {
        if (_claims.GetOrAdd((address.Servers, address.Database, schema), name) != name)
        {
            throw new InvalidOperationException(
                $"Two PostgreSQL destinations write to the schema '{schema}' of database '{address.Database}' on {address.Servers}, so every event would be sent there twice. Remove one of the calls of AddPostgreSqlDataBackplane, or give one of them another Schema or database.");
        }
    }
}
