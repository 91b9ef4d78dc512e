namespace ExperimentFramework.DataPlane;

/// <summary>
/// Thrown by a destination that will never accept the event, however often it is retried: too large, malformed, forbidden. The
/// pipeline counts the event as dropped at once. All other exceptions are treated as transient.
/// </summary>
public sealed class EventRejectedException : Exception
{
    /// <summary>Initializes an exception with the default message.</summary>
    public EventRejectedException()
    {
    }

    /// <summary>Initializes an exception with a message.</summary>
    /// <param name="message">Why the event was rejected.</param>
    public EventRejectedException(string message)
        : base(message)
    {
    }

    /// <summary>Initializes an exception with a message and a cause.</summary>
    /// <param name="message">Why the event was rejected.</param>
    /// <param name="innerException">The cause.</param>
    public EventRejectedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
