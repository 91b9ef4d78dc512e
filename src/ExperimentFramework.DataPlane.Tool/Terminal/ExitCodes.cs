namespace ExperimentFramework.DataPlane.Tool;

/// <summary>What the command says to the script that ran it.</summary>
internal static class ExitCodes
{
    /// <summary>The command did what it was asked, and found nothing wrong.</summary>
    public const int Success = 0;

    /// <summary>The command did what it was asked, and its answer is a finding: a stream that is incomplete, or a split that is broken.</summary>
    public const int Finding = 1;

    /// <summary>The command could not do what it was asked: wrong arguments, a source that cannot be read, or one that is invalid.</summary>
    public const int Error = 2;

    /// <summary>The command was canceled with Ctrl+C.</summary>
    public const int Canceled = 130;

    /// <summary>Who read the output closed it.</summary>
    public const int OutputClosed = 141;
}
