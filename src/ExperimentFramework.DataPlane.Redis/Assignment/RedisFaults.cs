using StackExchange.Redis;

namespace ExperimentFramework.DataPlane.Redis;

/// <summary>
/// Says of an exception whose fault it is, as <see cref="IAssignmentStore"/> asks for: a server that cannot be used at all is an
/// <see cref="IOException"/>; what is wrong with one key stays what it is.
/// </summary>
internal static class RedisFaults
{
    /// <summary>
    /// What a server says that cannot be written to at all: it loads its data, has become a replica, is full, cannot save, has lost its master
    /// or its cluster, or does not let the client in.
    /// </summary>
    private static readonly string[] OfTheServer =
    [
        "LOADING", "READONLY", "OOM", "MISCONF", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "NOREPLICAS", "NOAUTH", "NOPERM", "WRONGPASS", "BUSY",
    ];

    /// <summary>Translates what the client threw; null if it is the caller's as it is.</summary>
    public static IOException? Translate(Exception exception) => exception switch
    {
        RedisConnectionException or ObjectDisposedException => new IOException($"Redis cannot be reached: {exception.Message}", exception),
        RedisServerException when IsReadOnly(exception) => new IOException(
            "Redis answers as a read-only replica: a failover has not reached this client yet, or Configuration names no primary.", exception),
        RedisServerException when OfTheServer.Any(code => exception.Message.StartsWith(code, StringComparison.Ordinal)) =>
            new IOException($"Redis cannot be used: {exception.Message}", exception),
        _ => null,
    };

    /// <summary>Whether the server has become a replica without the client noticing.</summary>
    public static bool IsReadOnly(Exception exception) => exception.Message.StartsWith("READONLY", StringComparison.Ordinal);
}
