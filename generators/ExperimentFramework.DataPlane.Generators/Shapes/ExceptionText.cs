namespace ExperimentFramework.DataPlane.Generators.Shapes;

/// <summary>Writes an exception for the message of a diagnostic.</summary>
internal static class ExceptionText
{
    /// <summary>Returns the type and message of an exception on one line, without the full stop that follows it in the diagnostic.</summary>
    public static string Of(Exception error) =>
        $"{error.GetType().FullName}: {string.Join(" ", error.Message.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries)).TrimEnd(' ', '.')}";
}
