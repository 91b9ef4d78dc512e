namespace ExperimentFramework.DataPlane;

/// <summary>
/// Thrown by a destination that will never take the event, however often it is tried: too large, malformed, forbidden. The
/// pipeline counts the event as dropped at once. Every other exception is taken for a passing one.
/// </summary>
public sealed class EventRejectedException : Exception
{
    /// <summary>Creates an exception that says nothing more.</summary>
    public EventRejectedException()
    {
    }

    /// <summary>Creates an exception that says why.</summary>
    /// <param name="message">Why the event was rejected.</param>
    public EventRejectedException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an exception that says why, and what caused it.</summary>
    /// <param name="message">Why the event was rejected.</param>
    /// <param name="innerException">The cause.</param>
    public EventRejectedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
