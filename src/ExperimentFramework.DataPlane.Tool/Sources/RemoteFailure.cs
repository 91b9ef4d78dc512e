namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Makes an error of the command of what a server, or its client, reports. Its messages name host and reason, and nothing secret.</summary>
internal static class RemoteFailure
{
    public static async ValueTask<bool> TranslateAsync(Func<ValueTask<bool>> moveNext)
    {
        try
        {
            return await moveNext();
        }
        catch (Exception exception) when (exception is IOException or TimeoutException or InvalidOperationException or ArgumentException)
        {
            throw new CommandException(exception.Message, exception);
        }
    }
}
