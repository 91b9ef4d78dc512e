using System.Collections;
using Microsoft.Win32.SafeHandles;
using Spectre.Console;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Where a command reads from and writes to.</summary>
internal sealed class ToolConsole
{
    /// <summary>The answer, for people.</summary>
    public required IAnsiConsole Output { get; init; }

    /// <summary>Messages and progress.</summary>
    public required IAnsiConsole Error { get; init; }

    /// <summary>The answer, for programs: the same stream as <see cref="Output"/>.</summary>
    public required OutputStream RawOutput { get; init; }

    /// <summary>Whether the answer goes to a file or a pipe, where nobody needs lines to be broken.</summary>
    public bool IsOutputRedirected { get; init; }

    /// <summary>Opens standard input.</summary>
    public required Func<Stream> OpenInput { get; init; }

    /// <summary>The environment variables, which have what arguments must not.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Whether progress is shown: somebody is watching.</summary>
    public bool ShowsProgress { get; init; }

    /// <summary>Creates the console of the process. Colours and width are those of its terminal; <c>NO_COLOR</c> and <c>COLUMNS</c> decide before it.</summary>
    public static ToolConsole OfProcess()
    {
        var output = OpenOutput();
        return new ToolConsole
        {
            Output = Create(Console.IsOutputRedirected ? new StreamWriter(output) { AutoFlush = true } : Console.Out, Console.IsOutputRedirected),
            Error = Create(Console.Error, Console.IsErrorRedirected),
            RawOutput = output,
            IsOutputRedirected = Console.IsOutputRedirected,
            OpenInput = Console.OpenStandardInput,
            Variables = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(static variable => (string)variable.Key, static variable => (string?)variable.Value ?? "", StringComparer.Ordinal),
            ShowsProgress = !Console.IsErrorRedirected,
        };
    }

    /// <summary>
    /// The console's own stream says nothing when the other end of a pipe was closed, so that following would never end. A stream of the handle does, but writes into a file at a position of its own, over what others write.
    /// </summary>
    private static OutputStream OpenOutput()
    {
        if (Console.IsOutputRedirected && !OperatingSystem.IsWindows() && new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0) is { CanSeek: false } pipe)
        {
            return new OutputStream(pipe);
        }

        return new OutputStream(Console.OpenStandardOutput());
    }

    private static IAnsiConsole Create(TextWriter writer, bool isRedirected)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = isRedirected ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = isRedirected ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = InteractionSupport.No,
        });
        if (int.TryParse(Environment.GetEnvironmentVariable("COLUMNS"), out var columns) && columns is >= 20 and <= 10_000)
        {
            console.Profile.Width = columns;
        }
        else if (isRedirected)
        {
            console.Profile.Width = RedirectedWidth;
        }

        return console;
    }

    /// <summary>The width of output that goes to a file or a pipe.</summary>
    private const int RedirectedWidth = 120;
}
