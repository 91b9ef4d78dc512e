using System.CommandLine;
using System.Text;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary><c>dataplane compute</c>: calculations by JSON lines, for programs in other languages.</summary>
internal static class ComputeCommand
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    public static Command Create(ToolConsole console)
    {
        var file = new Argument<string?>("file") { Description = "The file with one calculation per line; standard input if it is left out or -.", Arity = ArgumentArity.ZeroOrOne };
        var list = new Option<bool>("--list") { Description = "List the kinds of calculations with their inputs and outputs." };
        var command = new Command("compute", "Read calculations as JSON lines {\"id\":…, \"kind\":…, \"inputs\":{…}} and write their results as JSON lines.") { file, list };
        command.Validators.Add(result =>
        {
            if (result.GetValue(list) && result.GetValue(file) is not null)
            {
                result.AddError("--list shows the kinds of calculations, and reads none: leave out --list or the file.");
            }
        });
        command.Runs(console, async (parsed, cancellationToken) =>
        {
            if (parsed.GetValue(list))
            {
                List(console);
            }
            else
            {
                await using var input = parsed.GetValue(file) is { } path && path != SourceFile.StandardInput ? Open(path) : console.OpenInput();
                await RunAsync(input, console.RawOutput, cancellationToken);
            }

            return ExitCodes.Success;
        });
        return command;
    }

    private static FileStream Open(string path)
    {
        PathArgument.Full(path, "The name of the file of calculations");
        try
        {
            return File.OpenRead(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"The calculations in '{path}' cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>Computes each line and writes a line for it, in order; empty lines are passed over.</summary>
    internal static async Task RunAsync(Stream input, Stream output, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(input, Utf8, detectEncodingFromByteOrderMarks: true, bufferSize: 1 << 16);
        using var lines = new CalculationLines();
        while (true)
        {
            var next = reader.ReadLineAsync(CancellationToken.None).AsTask();

            // Whoever waits for an answer before the next question gets it: what is ready is written as soon as no more input is.
            if (lines.IsFull || !next.IsCompleted)
            {
                await lines.WriteToAsync(output, cancellationToken);
            }

            // What comes from a terminal or a pipe is waited for in a way that cannot be canceled.
            if (await next.WaitAsync(cancellationToken) is not { } line)
            {
                break;
            }

            if (!string.IsNullOrWhiteSpace(line))
            {
                lines.Compute(line);
            }
        }

        await lines.WriteToAsync(output, cancellationToken);
    }

    private static void List(ToolConsole console)
    {
        foreach (var calculation in Calculations.All)
        {
            console.Output.WriteUnwrapped(calculation.Kind);
            console.Output.WriteUnwrapped($"  inputs:  {calculation.Inputs}");
            console.Output.WriteUnwrapped($"  outputs: {calculation.Outputs}");
        }
    }
}
