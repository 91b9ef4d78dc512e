using StackExchange.Redis;

namespace ExperimentFramework.DataPlane.Redis;

/// <summary>
/// Translates exceptions as <see cref="IAssignmentStore"/> requires: a server that is unavailable becomes an
/// <see cref="IOException"/>; errors that concern one key stay unchanged.
/// </summary>
internal static class RedisFaults
{
    /// <summary>
    /// The error codes of a server that accepts no writes at all: it is loading its data, has become a replica, is out of memory, cannot save, has lost its master
    /// or its cluster, or denies access to the client.
    /// </summary>
    private static readonly string[] ServerErrorCodes =
    [
        "LOADING", "READONLY", "OOM", "MISCONF", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "NOREPLICAS", "NOAUTH", "NOPERM", "WRONGPASS", "BUSY",
    ];

    /// <summary>Translates an exception of the client; null if the original is to be thrown.</summary>
    public static IOException? Translate(Exception exception) => exception switch
    {
        RedisConnectionException or ObjectDisposedException => new IOException($"Redis cannot be reached: {exception.Message}", exception),
        RedisServerException when IsReadOnly(exception) => new IOException(
            "Redis responds as a read-only replica: a failover has not reached this client yet, or Configuration contains no primary.", exception),
        RedisServerException when ServerErrorCodes.Any(code => exception.Message.StartsWith(code, StringComparison.Ordinal)) =>
            new IOException($"Redis cannot be used: {exception.Message}", exception),
        _ => null,
    };

    /// <summary>Whether the server has become a replica without the client noticing.</summary>
    public static bool IsReadOnly(Exception exception) => exception.Message.StartsWith("READONLY", StringComparison.Ordinal);
}
