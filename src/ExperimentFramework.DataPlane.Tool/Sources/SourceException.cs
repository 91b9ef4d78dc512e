namespace ExperimentFramework.DataPlane.Tool;

/// <summary>A source cannot be read at all; the message names it, the reason and the remedy.</summary>
internal sealed class SourceException(string message, Exception? reason = null) : Exception(message, reason);
