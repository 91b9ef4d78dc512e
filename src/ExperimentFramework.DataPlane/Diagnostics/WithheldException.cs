namespace ExperimentFramework.DataPlane;

/// <summary>Stands for an exception whose message may hold ids: types and stack trace, and nothing else of it.</summary>
internal sealed class WithheldException : Exception
{
    private readonly string? _stackTrace;

    public WithheldException(Exception original)
        : base($"{Types(original)} (message withheld: ids are redacted)")
    {
        _stackTrace = original.StackTrace;
    }

    public override string? StackTrace => _stackTrace;

    private static string Types(Exception exception) =>
        exception.GetType().FullName + (exception.InnerException is { } inner ? " <- " + Types(inner) : "");
}
