using Azure.Messaging.EventHubs;

namespace ExperimentFramework.DataPlane.EventHubs;

/// <summary>The event hub that a destination sends to. Contains no key, so that it can be shown.</summary>
/// <param name="Namespace">The host name of the namespace, for example <c>shop.servicebus.windows.net</c>.</param>
/// <param name="Hub">The hub's name.</param>
internal sealed record HubAddress(string Namespace, string Hub)
{
    private const string Example = "Endpoint=sb://<namespace>.servicebus.windows.net/;SharedAccessKeyName=<name>;SharedAccessKey=<key>;EntityPath=<hub>";

    public override string ToString() => $"event hub '{Hub}' of {Namespace}";

    /// <summary>Reads a connection string, and the hub's name if that is passed separately.</summary>
    /// <exception cref="ArgumentException">A part is missing or cannot be read; the message names it and quotes nothing, because a part may be a key.</exception>
    public static HubAddress Parse(string connectionString, string? hub, string parameterName)
    {
        if (string.IsNullOrWhiteSpace(connectionString))
        {
            throw new ArgumentException(
                $"The connection string is {(connectionString is null ? "null" : "empty")}. Write it as {Example}. If it comes from the configuration, check its key, such as ConnectionStrings:events.",
                parameterName);
        }

        var parts = Parts(connectionString) ?? throw Invalid("cannot be read", parameterName);
        if (string.IsNullOrEmpty(parts.Endpoint?.Host))
        {
            throw Invalid("has no Endpoint", parameterName);
        }

        if (string.IsNullOrEmpty(parts.SharedAccessSignature))
        {
            RequireKey(parts, parameterName);
        }

        return (parts.EventHubName, hub) switch
        {
            (null or "", null or "") => throw Invalid("has no EntityPath, and no name of an event hub is given beside it", parameterName),
            ({ Length: > 0 } path, { Length: > 0 } name) when path != name => throw new ArgumentException(
                $"The connection string is for the event hub '{path}' (EntityPath), and the name that is given beside it is '{name}'. Remove one of them, or make them equal.", parameterName),
            ({ Length: > 0 } path, _) => new HubAddress(parts.FullyQualifiedNamespace, path),
            _ => new HubAddress(parts.FullyQualifiedNamespace, hub!),
        };
    }

    /// <summary>Checks the names of a namespace and a hub.</summary>
    /// <exception cref="ArgumentException">One is missing, or the namespace is not a host name.</exception>
    public static HubAddress Of(string fullyQualifiedNamespace, string hub)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(fullyQualifiedNamespace);
        ArgumentException.ThrowIfNullOrWhiteSpace(hub);
        if (Uri.CheckHostName(fullyQualifiedNamespace) == UriHostNameType.Unknown)
        {
            throw new ArgumentException(
                "The namespace is not a host name. Pass its full name without a scheme, for example shop.servicebus.windows.net; a connection string has a method of its own.", nameof(fullyQualifiedNamespace));
        }

        return new HubAddress(fullyQualifiedNamespace, hub);
    }

    private static EventHubsConnectionStringProperties? Parts(string connectionString)
    {
        try
        {
            return EventHubsConnectionStringProperties.Parse(connectionString);
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException)
        {
            return null;
        }
    }

    private static void RequireKey(EventHubsConnectionStringProperties parts, string parameterName)
    {
        if (string.IsNullOrEmpty(parts.SharedAccessKeyName))
        {
            throw Invalid("has no SharedAccessKeyName", parameterName);
        }

        if (string.IsNullOrEmpty(parts.SharedAccessKey))
        {
            throw Invalid("has no SharedAccessKey", parameterName);
        }
    }

    private static ArgumentException Invalid(string what, string parameterName) => new($"The connection string {what}. Write it as {Example}.", parameterName);
}
