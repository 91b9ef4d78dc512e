using System.CommandLine;
using System.CommandLine.Help;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>All commands.</summary>
internal sealed class CommandLine
{
    private readonly RootCommand _root;
    private readonly ToolConsole _console;
    private readonly InvocationConfiguration _configuration;

    private CommandLine(RootCommand root, ToolConsole console)
    {
        _root = root;
        _console = console;
        foreach (var option in root.Options.OfType<HelpOption>())
        {
            var help = (HelpAction)option.Action!;
            help.MaxWidth = console.Output.Profile.Width;
            option.Action = new HelpWithExamples(help);
        }

        _configuration = new InvocationConfiguration
        {
            Output = console.Output.Profile.Out.Writer,
            Error = console.Error.Profile.Out.Writer,

            // It would report a fault with the exit code of a finding.
            EnableDefaultExceptionHandler = false,

            // It would end the process two seconds after a signal, whatever is half-written then.
            ProcessTerminationTimeout = null,
        };
    }

    public static CommandLine Create(ToolConsole console) => new(new RootCommand("From the events of experiments to answers.")
    {
        InspectCommand.Create(console),
        VerifyCommand.Create(console),
        SampleRatioCommand.Create(console),
        TailCommand.Create(console),
        ReadOutCommand.Create(console),
        ReportCommand.Create(console),
        ServeCommand.Create(console),
        ConvertCommand.Create(console),
        PowerCommand.Create(console),
        PlanCommand.Create(console),
        ComputeCommand.Create(console),
        CompletionCommand.Create(console),
    }, console);

    /// <summary>Reads arguments without running anything.</summary>
    public ParseResult Parse(IReadOnlyList<string> arguments) => _root.Parse(arguments);

    /// <summary>Runs a command.</summary>
    /// <param name="arguments">The arguments of the process.</param>
    /// <param name="cancellationToken">Cancels it, as Ctrl+C does.</param>
    /// <returns>The exit code.</returns>
    public Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken = default) => CommandRunner.RunAsync(_console, async () =>
    {
        var parsed = Parse(arguments);
        var code = await parsed.InvokeAsync(_configuration, cancellationToken);
        return parsed.Errors.Count > 0 ? ExitCodes.Error : code;
    }, cancellationToken);
}
