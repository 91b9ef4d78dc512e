namespace ExperimentFramework.DataPlane;

/// <summary>
/// What logs and health may tell of an exception. Code that is given real ids (selectors, identity providers, stores, redactors) puts them into its
/// messages, and nobody can tell where; so where ids are redacted an exception is told by its type and stack trace alone.
/// </summary>
internal sealed class ExceptionTexts(bool areWithheld)
{
    /// <summary>Tells everything.</summary>
    public static ExceptionTexts Told { get; } = new(areWithheld: false);

    /// <summary>What is to be logged in the place of an exception.</summary>
    public Exception? Safe(Exception? exception) => exception is null || !areWithheld ? exception : new WithheldException(exception);

    /// <summary>What is to be told in words.</summary>
    public string Of(Exception exception) => Safe(exception)!.Message;
}
