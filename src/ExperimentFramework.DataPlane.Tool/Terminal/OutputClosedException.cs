namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Who read the output closed it, as <c>head</c> does: there is nobody to write for any more.</summary>
internal sealed class OutputClosedException(IOException reason) : Exception("The output was closed.", reason);
