namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Paths of the command line, which may be anything: an unset variable of a shell is an empty one.</summary>
internal static class PathArgument
{
    /// <summary>The full path.</summary>
    /// <param name="path">The path as it was given.</param>
    /// <param name="name">What gives it, as the beginning of a message.</param>
    /// <exception cref="CommandException">It is empty, or no path.</exception>
    public static string Full(string path, string name)
    {
        try
        {
            return Path.GetFullPath(path);
        }
        catch (ArgumentException exception)
        {
            throw new CommandException(path.Length == 0 ? $"{name} is empty: name a file." : $"{name} is no path: {exception.Message}", exception);
        }
    }
}
