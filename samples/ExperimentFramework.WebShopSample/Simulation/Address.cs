namespace ExperimentFramework.WebShopSample;

/// <summary>The address at which this computer reaches the shop.</summary>
internal static class Address
{
    /// <summary>Picks one of the addresses of the server: plain HTTP, for which no certificate has to be trusted, and a host that can be connected to.</summary>
    public static Uri Of(IEnumerable<string> addresses)
    {
        var address = addresses.OrderBy(static address => address.StartsWith("https:", StringComparison.OrdinalIgnoreCase)).First();
        return new Uri(address.Replace("[::]", "localhost", StringComparison.Ordinal).Replace("0.0.0.0", "localhost", StringComparison.Ordinal).Replace("//+", "//localhost", StringComparison.Ordinal).Replace("//*", "//localhost", StringComparison.Ordinal));
    }
}
