namespace ExperimentFramework.DataPlane.Tool;

internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        using var interruption = new Interruption();
        return await CommandLine.Create(ToolConsole.OfProcess()).RunAsync(arguments, interruption.Token);
    }
}
