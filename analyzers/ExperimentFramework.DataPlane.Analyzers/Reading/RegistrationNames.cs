namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Recognizes methods that register services by their names: those of other packages, and an application's own, are not known by their types.</summary>
internal static class RegistrationNames
{
    /// <summary>The method that sets options, and with a type argument registers a destination.</summary>
    public const string Settings = "AddDataBackplane";

    /// <summary>The method that registers the destination without a queue.</summary>
    public const string Memory = "AddInMemoryDataBackplane";

    /// <summary>The method that registers the monitor, which is a destination.</summary>
    private const string Monitor = "AddExperimentMonitor";

    /// <summary>Returns whether a method registers a destination with a queue.</summary>
    public static bool IsDestination(string method) => method == Monitor || (Adds(method, "DataBackplane") && method is not (Settings or Memory));

    /// <summary>Returns whether a method registers an assignment store.</summary>
    public static bool IsStore(string method) => Adds(method, "AssignmentStore");

    /// <summary>Returns whether a method registers a durable outbox.</summary>
    public static bool IsOutbox(string method) => Adds(method, "Outbox");

    private static bool Adds(string method, string service) => method.StartsWith("Add", StringComparison.Ordinal) && method.EndsWith(service, StringComparison.Ordinal);
}
