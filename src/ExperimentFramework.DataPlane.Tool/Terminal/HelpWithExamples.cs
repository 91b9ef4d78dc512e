using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Writes the help of a command, and then its examples.</summary>
/// <param name="help">Writes the help.</param>
internal sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
{
    private static readonly Dictionary<string, string[]> Examples = new(StringComparer.Ordinal)
    {
        ["inspect"] = ["dataplane inspect events", "dataplane inspect host1/events host2/events --json", "zstdcat old.jsonl.zst | dataplane inspect -", "dataplane inspect kafka://broker:9092/experiments"],
        ["verify"] = ["dataplane verify events", "dataplane verify events --accept-running --json"],
        ["srm"] = ["dataplane srm events", "dataplane srm events --weights checkout:control=90,b=10 --segment country", "dataplane srm postgresql://analyst@db/experiments"],
        ["readout"] = ["dataplane readout events -e checkout --plan checkout.plan.json"],
        ["report"] = ["dataplane report events -o report.html", "dataplane report events -o report.md --experiment checkout --plan checkout.plan.json", "dataplane report events -o - --format markdown"],
        ["serve"] = ["dataplane serve events --watch", "dataplane serve events --urls http://127.0.0.1:8080 --plan checkout.plan.json"],
        ["tail"] = ["dataplane tail events --follow --where experiment=checkout --where type!=Accounting"],
        ["convert"] = ["dataplane convert events -o archive", "dataplane convert archive -o events.jsonl.zst"],
        ["power"] = ["dataplane power --baseline 0.1 --effect 0.05", "dataplane power --baseline 40 --sd 55 --subjects 20000"],
        ["plan"] = ["dataplane plan checkout.plan.json --weights checkout:control=50,b=50 --traffic events"],
        ["compute"] = ["dataplane compute calculations.jsonl", "dataplane compute --list"],
        ["completion"] = ["dataplane completion bash"],
    };

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        var code = help.Invoke(parseResult);
        if (Examples.TryGetValue(parseResult.CommandResult.Command.Name, out var examples))
        {
            var output = parseResult.InvocationConfiguration.Output;
            output.WriteLine("Examples:");
            foreach (var example in examples)
            {
                output.WriteLine("  " + example);
            }

            output.WriteLine();
        }

        return code;
    }
}
