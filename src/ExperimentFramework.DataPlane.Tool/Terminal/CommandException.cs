namespace ExperimentFramework.DataPlane.Tool;

/// <summary>A command cannot do what it was asked; the message names the place, the reason and the remedy.</summary>
internal sealed class CommandException(string message, Exception? reason = null) : Exception(message, reason);
