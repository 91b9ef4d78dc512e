namespace ExperimentFramework.DataPlane.Tool;

internal static class Program
{
    private static Task<int> Main(string[] arguments) => CommandLine.Create(ToolConsole.OfProcess()).RunAsync(arguments);
}
