namespace ExperimentFramework.DataPlane;

/// <summary>The destinations that callers wait for.</summary>
internal static class RequiredDestinations
{
    /// <summary>Makes sure that every required destination is registered.</summary>
    /// <exception cref="InvalidOperationException">One is not.</exception>
    public static void Validate(ISet<string> required, IReadOnlyList<Destination> destinations)
    {
        var missing = required.Where(name => destinations.All(destination => destination.Name != name)).ToArray();
        if (missing.Length > 0)
        {
            throw new InvalidOperationException(
                $"DataPlaneOptions.RequiredDestinations names {string.Join(", ", missing)}; the destinations are: {string.Join(", ", destinations.Select(destination => destination.Name))}.");
        }
    }
}
