using System.CommandLine;
using Spectre.Console;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Runs commands, and turns what stops them into a message and an exit code.</summary>
internal static class CommandRunner
{
    /// <summary>Sets what a command does.</summary>
    /// <param name="command">The command.</param>
    /// <param name="console">Where its messages go.</param>
    /// <param name="run">What it does; returns the exit code.</param>
    public static void Runs(this Command command, ToolConsole console, Func<ParseResult, CancellationToken, Task<int>> run) =>
        command.SetAction((parsed, cancellationToken) => RunAsync(console, () => run(parsed, cancellationToken), cancellationToken));

    /// <summary>Runs something. Whatever stops it has an exit code of its own, and that of a finding is never one of them.</summary>
    /// <param name="console">Where messages go.</param>
    /// <param name="run">What is run; returns the exit code.</param>
    /// <param name="cancellationToken">Whether it was canceled.</param>
    public static async Task<int> RunAsync(ToolConsole console, Func<Task<int>> run, CancellationToken cancellationToken)
    {
        try
        {
            return await run();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ExitCodes.Canceled;
        }
        catch (OutputClosedException)
        {
            return ExitCodes.OutputClosed;
        }
        catch (CommandException exception)
        {
            console.WriteError(exception.Message);
            return ExitCodes.Error;
        }
        catch (Exception exception)
        {
            console.WriteError($"The command failed in a way that it does not know: {exception.GetType().Name}. Report it, with the command and what follows.");
            foreach (var line in exception.ToString().Split('\n'))
            {
                console.Error.WriteUnwrapped(line.TrimEnd('\r'));
            }

            return ExitCodes.Error;
        }
    }

    /// <summary>Writes a message that says what is wrong.</summary>
    public static void WriteError(this ToolConsole console, string message)
    {
        console.Error.Write(new Text("error: ", new Style(Color.Red)));
        console.Error.WriteUnwrapped(message);
    }

    /// <summary>Writes a message about something that did not stop the command.</summary>
    public static void WriteWarning(this ToolConsole console, string message)
    {
        console.Error.Write(new Text("warning: ", new Style(Color.Yellow)));
        console.Error.WriteUnwrapped(message);
    }

    /// <summary>Writes a line as it is: paths that are broken into lines cannot be copied.</summary>
    public static void WriteUnwrapped(this IAnsiConsole console, string text)
    {
        console.Profile.Out.Writer.WriteLine(SafeText.Of(text));
        console.Profile.Out.Writer.Flush();
    }
}
