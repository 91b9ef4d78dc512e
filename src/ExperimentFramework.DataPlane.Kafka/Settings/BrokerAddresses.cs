using System.Globalization;

namespace ExperimentFramework.DataPlane.Kafka;

/// <summary>Checks the addresses of brokers: <c>host:port</c>, separated by commas.</summary>
internal static class BrokerAddresses
{
    /// <summary>Returns the error in addresses, as the rest of a sentence; null if there is none.</summary>
    public static string? Error(string? addresses)
    {
        if (string.IsNullOrWhiteSpace(addresses))
        {
            return "is empty; it must be one or more addresses, such as 'broker1:9092,broker2:9092'.";
        }

        foreach (var address in addresses.Split(','))
        {
            // An IPv6 address contains colons itself and is written in brackets: [::1]:9092.
            var separator = address.LastIndexOf(':');
            if (separator <= 0 || address[..separator].Trim().Length == 0 || !ushort.TryParse(address.AsSpan(separator + 1).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port == 0)
            {
                return $"has the address '{address.Trim()}'; each must be 'host:port' with a port from 1 to 65535, separated by commas.";
            }
        }

        return null;
    }
}
