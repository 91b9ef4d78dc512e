using System.CommandLine;
using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>The plans of commands that show several experiments.</summary>
internal static class PlanArguments
{
    /// <summary>The option for any number of plans.</summary>
    public static Option<string[]> Many() => new("--plan")
    {
        Description = "The plan of an experiment: a JSON file with its settings, in the place of the plan that the events publish. Can be repeated.",
        HelpName = "file",
    };

    /// <summary>Reads plans.</summary>
    /// <exception cref="CommandException">A file is no plan, or two are of the same experiment.</exception>
    public static IReadOnlyList<AnalysisPlan> Read(IEnumerable<string>? paths)
    {
        var plans = new Dictionary<string, (AnalysisPlan Plan, string Path)>(StringComparer.Ordinal);
        foreach (var path in paths ?? [])
        {
            var plan = PlanFile.Read(path);
            if (!plans.TryAdd(plan.ExperimentName, (plan, path)))
            {
                throw new CommandException($"'{plans[plan.ExperimentName].Path}' and '{path}' are both plans of '{plan.ExperimentName}'. Name one of them.");
            }
        }

        return [.. plans.Values.Select(static plan => plan.Plan)];
    }
}
