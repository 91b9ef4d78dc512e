using System.CommandLine;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary><c>dataplane completion</c>: a script with which a shell completes commands and options.</summary>
internal static class CompletionCommand
{
    public static Command Create(ToolConsole console)
    {
        var shell = new Argument<string>("shell") { Description = $"The shell: {string.Join(", ", CompletionScripts.Shells)}." };
        shell.AcceptOnlyFromAmong([.. CompletionScripts.Shells]);
        var command = new Command("completion", "Write the script with which a shell completes commands, options and files.") { shell };
        command.Runs(console, (parsed, _) =>
        {
            console.Output.Profile.Out.Writer.Write(CompletionScripts.Of(parsed.GetRequiredValue(shell)));
            return Task.FromResult(ExitCodes.Success);
        });
        return command;
    }
}
