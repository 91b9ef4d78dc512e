using System.CommandLine;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary><c>dataplane verify</c>: is a stream whole and valid?</summary>
internal static class VerifyCommand
{
    private const int DefaultFaults = 20;
    private const int MaxFaults = 100_000;

    public static Command Create(ToolConsole console)
    {
        var sources = SourceArguments.Many();
        var json = SourceArguments.Json();
        var acceptRunning = new Option<bool>("--accept-running") { Description = "Accept producers without a last account, as long as everything arrived that their latest one expects." };
        var faults = new Option<int>("--faults") { Description = "How many faults are listed, from 0 to 100,000. All are counted.", DefaultValueFactory = static _ => DefaultFaults };
        faults.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 0 or > MaxFaults)
            {
                result.AddError("--faults must be from 0 to 100000.");
            }
        });
        var command = new Command("verify", "Check that events are whole and valid. Exit code 0: whole, 1: events are missing or may be, 2: something is invalid.") { sources, acceptRunning, faults, json };
        command.Runs(console, async (parsed, cancellationToken) =>
        {
            var log = new FaultLog(parsed.GetValue(faults));
            var verification = await VerifyAsync(console, parsed.GetRequiredValue(sources), log, parsed.GetValue(acceptRunning), cancellationToken);
            if (parsed.GetValue(json))
            {
                await console.WriteJsonAsync(writer => VerificationJson.Write(writer, verification), cancellationToken);
            }
            else
            {
                VerificationText.Write(console.Output, verification);
            }

            return verification.ExitCode;
        });
        return command;
    }

    private static async Task<Verification> VerifyAsync(ToolConsole console, string[] sources, FaultLog faults, bool acceptsRunning, CancellationToken cancellationToken)
    {
        var source = new EventSource(console, SourceFiles.Find(sources), faults.Add) { AcceptsEmptyFiles = true };
        var summary = new StreamSummary();
        var unknown = new UnknownFields();
        var clocks = new ClockChecks(console.Time.GetUtcNow());
        await foreach (var read in source.ReadAsync(cancellationToken))
        {
            summary.Add(read.Envelope);
            unknown.Add(read);
            clocks.Add(read);
        }

        return new Verification(summary, Completeness.Of(summary.Producers), faults, unknown, clocks, acceptsRunning);
    }
}
