using System.Text;
using Microsoft.Extensions.Time.Testing;
using Spectre.Console;

namespace ExperimentFramework.DataPlane.Tool.Tests.Streams;

/// <summary>Runs commands as a shell would, with a folder of its own.</summary>
internal sealed class ToolFixture : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static DateTimeOffset Now { get; } = new(2026, 4, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The width of the terminal.</summary>
    public int Width { get; init; } = 120;

    /// <summary>Whether the terminal has colours.</summary>
    public bool HasColours { get; init; }

    /// <summary>Whether the answer goes to a file or a pipe.</summary>
    public bool IsRedirected { get; init; }

    /// <summary>Whether somebody watches the progress.</summary>
    public bool ShowsProgress { get; init; }

    /// <summary>What is on standard input.</summary>
    public byte[] Input { get; set; } = [];

    /// <summary>The environment variables.</summary>
    public Dictionary<string, string> Variables { get; } = [];

    public string Path(string name) => _folder.File(name);

    /// <summary>Runs a command.</summary>
    public Task<ToolRun> RunAsync(params string[] arguments) => RunAsync(CancellationToken.None, arguments);

    /// <summary>Runs a command that is canceled, as by Ctrl+C.</summary>
    public Task<ToolRun> RunAsync(CancellationToken cancellationToken, params string[] arguments) =>
        RunAsync(console => CommandLine.Create(console).RunAsync(arguments, cancellationToken), new FakeTimeProvider(Now));

    /// <summary>Runs a command that would not end, and cancels it as soon as it has written a text.</summary>
    public async Task<ToolRun> RunUntilAsync(string text, params string[] arguments)
    {
        using var ending = new CancellationTokenSource();
        using var raw = new WatchedOutput(text, ending.Cancel);
        return await RunAsync(console => CommandLine.Create(console).RunAsync(arguments, ending.Token), new FakeTimeProvider(Now), raw);
    }

    /// <summary>Runs what a command is made of.</summary>
    public async Task<ToolRun> RunAsync(Func<ToolConsole, Task<int>> run, TimeProvider time)
    {
        using var raw = new MemoryStream();
        return await RunAsync(run, time, raw);
    }

    private async Task<ToolRun> RunAsync(Func<ToolConsole, Task<int>> run, TimeProvider time, MemoryStream raw)
    {
        var output = new StreamWriter(raw, new UTF8Encoding(false)) { AutoFlush = true, NewLine = "\n" };
        var error = new StringWriter { NewLine = "\n" };
        var code = await run(Console(output, error, raw, time));
        return new ToolRun(code, Text(Encoding.UTF8.GetString(raw.ToArray())), Text(error.ToString()));
    }

    /// <summary>Creates a console whose output is thrown away.</summary>
    public ToolConsole Console(TimeProvider time) => Console(TextWriter.Null, TextWriter.Null, Stream.Null, time);

    public void Dispose() => _folder.Dispose();

    private ToolConsole Console(TextWriter output, TextWriter error, Stream raw, TimeProvider time) => new()
    {
        Output = Console(output),
        Error = Console(error),
        RawOutput = new OutputStream(raw),
        IsOutputRedirected = IsRedirected,
        OpenInput = () => new MemoryStream(Input),
        Variables = Variables,
        Time = time,
        ShowsProgress = ShowsProgress,
    };

    private IAnsiConsole Console(TextWriter writer)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = HasColours ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = HasColours ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
        });
        console.Profile.Width = Width;
        return console;
    }

    private string Text(string text) => text.ReplaceLineEndings("\n").Replace(_folder.File(""), "FOLDER", StringComparison.Ordinal);
}

/// <summary>What a command did.</summary>
/// <param name="Code">Its exit code.</param>
/// <param name="Output">What it wrote, with the fixture's folder as FOLDER.</param>
/// <param name="Error">Its messages, with the fixture's folder as FOLDER.</param>
internal sealed record ToolRun(int Code, string Output, string Error);
