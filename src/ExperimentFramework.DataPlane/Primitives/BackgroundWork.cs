namespace ExperimentFramework.DataPlane;

/// <summary>Starts workers. A worker serves all callers, so it must not inherit the thread, activity and async locals of the caller that starts it.</summary>
internal static class BackgroundWork
{
    public static Task Run(Func<Task> work)
    {
        if (ExecutionContext.IsFlowSuppressed())
        {
            return RunAsync(work);
        }

        using (ExecutionContext.SuppressFlow())
        {
            return RunAsync(work);
        }
    }

    private static async Task RunAsync(Func<Task> work)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        await work().ConfigureAwait(false);
    }
}
