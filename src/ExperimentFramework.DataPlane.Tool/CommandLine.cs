using System.CommandLine;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>All commands.</summary>
internal sealed class CommandLine
{
    private readonly RootCommand _root;

    private CommandLine(RootCommand root) => _root = root;

    public static CommandLine Create(ToolConsole console) => new(new RootCommand("From the events of experiments to answers.")
    {
        InspectCommand.Create(console),
        ComputeCommand.Create(),
    });

    /// <summary>Runs a command.</summary>
    /// <param name="arguments">The arguments of the process.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        var parsed = _root.Parse(arguments);
        var code = await parsed.InvokeAsync();
        return parsed.Errors.Count > 0 ? ExitCodes.Error : code;
    }
}
