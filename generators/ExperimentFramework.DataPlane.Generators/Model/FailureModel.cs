using ExperimentFramework.DataPlane.Generators.Shapes;

namespace ExperimentFramework.DataPlane.Generators.Model;

/// <summary>An exception of the generator, and the interface or call that has no proxy because of it.</summary>
/// <param name="Subject">The interface, or the call that registers it.</param>
/// <param name="Error">The type and message of the exception, on one line.</param>
internal sealed record FailureModel(string Subject, string Error)
{
    public static FailureModel Of(string subject, Exception error) => new(subject, ExceptionText.Of(error));
}
