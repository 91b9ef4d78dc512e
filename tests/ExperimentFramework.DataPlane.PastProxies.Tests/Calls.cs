namespace ExperimentFramework.DataPlane.PastProxies.Tests;

/// <summary>The members that most of the interfaces have in common, by name: each is called and its answer read.</summary>
public static class Calls
{
    /// <summary>The answer of members that return nothing.</summary>
    public const string Nothing = "";

    public static async Task<string> First(IAsyncEnumerable<string> stream)
    {
        await foreach (var item in stream)
        {
            return item;
        }

        return Nothing;
    }

    public static async Task<string> Done(Task task)
    {
        await task;
        return Nothing;
    }

    public static Task<string> Done(Action call)
    {
        call();
        return Task.FromResult(Nothing);
    }
}
