using System.CommandLine;
using System.Text;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary><c>dataplane compute</c>: calculations by JSON lines, for programs in other languages.</summary>
internal static class ComputeCommand
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    public static Command Create()
    {
        var file = new Argument<FileInfo?>("file") { Description = "The file with one calculation per line; standard input if it is left out.", Arity = ArgumentArity.ZeroOrOne };
        var list = new Option<bool>("--list") { Description = "List the kinds of calculations with their inputs and outputs." };
        var command = new Command("compute", "Read calculations as JSON lines {\"id\":…, \"kind\":…, \"inputs\":{…}} and write their results as JSON lines.") { file, list };
        command.SetAction((parsed, cancellationToken) => parsed.GetValue(list)
            ? ListAsync(Console.Out)
            : RunAsync(parsed.GetValue(file), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(FileInfo? file, CancellationToken cancellationToken)
    {
        if (file is { Exists: false })
        {
            await Console.Error.WriteLineAsync($"The file '{file}' does not exist.");
            return 2;
        }

        await using var input = file is null ? Console.OpenStandardInput() : file.OpenRead();
        await using var output = Console.OpenStandardOutput();
        await RunAsync(input, output, cancellationToken);
        return 0;
    }

    /// <summary>Computes each line and writes a line for it, in order; empty lines are passed over.</summary>
    internal static async Task RunAsync(Stream input, Stream output, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(input, Utf8, detectEncodingFromByteOrderMarks: true, bufferSize: 1 << 16);
        using var lines = new CalculationLines();
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            if (!string.IsNullOrWhiteSpace(line))
            {
                lines.Compute(line);
            }

            // Whoever waits for an answer before the next question gets it: what is ready is written as soon as no more input is.
            if (lines.IsFull || reader.Peek() < 0)
            {
                await lines.WriteToAsync(output, cancellationToken);
            }
        }

        await lines.WriteToAsync(output, cancellationToken);
    }

    private static async Task<int> ListAsync(TextWriter output)
    {
        foreach (var calculation in Calculations.All)
        {
            await output.WriteLineAsync(calculation.Kind);
            await output.WriteLineAsync($"  inputs:  {calculation.Inputs}");
            await output.WriteLineAsync($"  outputs: {calculation.Outputs}");
        }

        return 0;
    }
}
