namespace ExperimentFramework.DataPlane;

/// <summary>Validates the destinations that callers wait for.</summary>
internal static class RequiredDestinations
{
    /// <summary>Validates that every required destination is registered.</summary>
    /// <exception cref="InvalidOperationException">A required destination is not registered.</exception>
    public static void Validate(ISet<string> required, IReadOnlyList<Destination> destinations)
    {
        var missing = required.Where(name => destinations.All(destination => destination.Name != name)).ToArray();
        if (missing.Length > 0)
        {
            throw new InvalidOperationException(
                $"DataPlaneOptions.RequiredDestinations contains {string.Join(", ", missing)}, but the registered destinations are: {string.Join(", ", destinations.Select(destination => destination.Name))}. Register the missing destinations or remove their names.");
        }
    }
}
