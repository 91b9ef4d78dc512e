using System.CommandLine;
using System.Globalization;
using System.Text;
using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary><c>dataplane plan</c>: checks a plan, and says its hash, its sample and how long that takes.</summary>
internal static class PlanCommand
{
    public static Command Create(ToolConsole console)
    {
        var file = new Argument<string>("plan") { Description = "The plan: a JSON file with its settings." };
        var weights = new Option<string?>("--weights") { Description = "The weights of the variants, for the sample: EXPERIMENT:VARIANT=WEIGHT,…", HelpName = "weights" };
        weights.Validators.Add(static result =>
        {
            foreach (var token in result.Tokens)
            {
                if (!DeclaredWeights.TryParse(token.Value, out _, out var problem))
                {
                    result.AddError(problem!);
                }
            }
        });
        var traffic = new Option<string[]>("--traffic") { Description = "Files and folders with events of the experiment, for how long the sample takes at the subjects a day seen so far.", AllowMultipleArgumentsPerToken = true, HelpName = "source" };
        var json = SourceArguments.Json();
        var command = new Command("plan", "Check a plan, and compute its hash, its sample and how long that takes.") { file, weights, traffic, json };
        command.Runs(console, async (parsed, cancellationToken) =>
        {
            var plan = PlanFile.Read(parsed.GetRequiredValue(file));
            PlannedSample? sample = null;
            if (parsed.GetValue(weights) is { } text && DeclaredWeights.TryParse(text, out var declared, out _))
            {
                RequireSame(plan, declared!);
                sample = PlannedSample.Of(plan, declared!.Weights);
            }

            double? subjectsADay = parsed.GetValue(traffic) is { Length: > 0 } sources ? await Traffic.SubjectsADayAsync(console, sources, plan.ExperimentName, cancellationToken) : null;
            var (subjects, subjectsForPower) = (Countable(sample?.Total), Countable(sample?.TotalForPower));
            if (parsed.GetValue(json))
            {
                await console.WriteJsonAsync(
                    writer =>
                    {
                        writer.WriteStartObject("plan");
                        PlanFile.Write(writer, plan);
                        writer.WriteEndObject();
                        writer.Write("subjects", subjects);
                        writer.WriteStartObject("subjectsByVariant");
                        foreach (var (variant, subjects) in sample is not null && IsCountable(sample) ? sample.ByVariant : new Dictionary<string, long>())
                        {
                            writer.WriteNumber(variant, subjects);
                        }

                        writer.WriteEndObject();
                        writer.Write("subjectsADay", subjectsADay);
                        writer.Write("days", subjects / subjectsADay);
                        writer.Write("subjectsForPower", subjectsForPower);
                        writer.Write("daysForPower", subjectsForPower / subjectsADay);
                    },
                    cancellationToken);
                return ExitCodes.Success;
            }

            console.Output.WriteText($"The plan of {plan.ExperimentName} is valid. Its hash is {plan.Hash}.", Tables.Good);
            console.Output.WriteText(Times(plan));
            console.Output.WriteText(Sentence(plan, sample, parsed.GetValue(weights) is not null));
            if (subjectsADay is { } rate)
            {
                console.Output.WriteText(string.Create(CultureInfo.InvariantCulture, $"{rate:N0} subjects a day were seen so far{(sample is not null && IsCountable(sample) ? Duration(plan, sample, rate) : "")}."));
            }

            return ExitCodes.Success;
        });
        return command;
    }

    private static void RequireSame(AnalysisPlan plan, DeclaredWeights weights)
    {
        if (weights.Experiment != plan.ExperimentName)
        {
            throw new CommandException($"--weights names the experiment '{weights.Experiment}', but the plan is that of '{plan.ExperimentName}'.");
        }
    }

    private static string Times(AnalysisPlan plan)
    {
        const string OfCall = "the outcome of the call that exposes a subject";
        const string After = " after the first exposure of their subject";
        var window = plan.PrimaryMetric.Definition.Window;
        var hasWindow = window > TimeSpan.Zero;
        var text = new StringBuilder(hasWindow ? $"Values count for {NumberText.Duration(window)}{After}" : "The outcome of the call that exposes a subject counts");
        foreach (var metrics in plan.SecondaryMetrics.Where(metric => metric.Definition.Window != window).GroupBy(static metric => metric.Definition.Window))
        {
            var names = string.Join(", ", metrics.Select(static metric => metric.Name));
            text.Append(
                metrics.Key == TimeSpan.Zero ? $"; of {names}, {OfCall}"
                : hasWindow ? $"; those of {names} for {NumberText.Duration(metrics.Key)}"
                : $"; values of {names} for {NumberText.Duration(metrics.Key)}{After}");
            hasWindow |= metrics.Key > TimeSpan.Zero;
        }

        return $"{text}.{(plan.MinimumRunTime > TimeSpan.Zero ? $" The experiment runs for at least {NumberText.Duration(plan.MinimumRunTime)}." : "")}";
    }

    /// <summary>A number of subjects, or that there is none: they are too many to be counted.</summary>
    private static double? Countable(long? subjects) => subjects == long.MaxValue ? double.PositiveInfinity : subjects;

    private static bool IsCountable(PlannedSample sample) => sample.Total < long.MaxValue;

    private static string Duration(AnalysisPlan plan, PlannedSample sample, double subjectsADay) => IsAnytime(plan)
        ? $": a single test takes about {DaysText(sample.Total / subjectsADay)}{(sample.TotalForPower == long.MaxValue ? "" : $", and looks at any time about {DaysText(sample.TotalForPower / subjectsADay)}")}"
        : $": the sample takes about {DaysText(sample.Total / subjectsADay)}";

    private static string DaysText(double days) => NumberText.Of((long)Math.Ceiling(days), "day", "days");

    private static bool IsAnytime(AnalysisPlan plan) => plan.Looks.Kind == LookScheduleKind.AlwaysValid;

    private static string Sentence(AnalysisPlan plan, PlannedSample? sample, bool hasWeights) =>
        sample is not null && !IsCountable(sample) ? $"{(IsAnytime(plan) ? "A single test" : "It")} needs more subjects than can be counted. Plan a larger effect."
        : sample is not null ? $"{(IsAnytime(plan) ? "A single test" : "It")} needs {NumberText.Of(sample.Total)} subjects: {string.Join(", ", sample.ByVariant.Select(static variant => $"{NumberText.Of(variant.Value)} in {variant.Key}"))}.{Anytime(plan, sample)}"
        : !plan.HasSampleSize ? $"It has no sample size: it has no {string.Join(" and no ", plan.SettingsMissingForSample)}."
        : hasWeights ? $"It has no sample size: {plan.Control} and another variant must have a weight above 0."
        : "Name the weights of its variants with --weights for the sample.";

    private static string Anytime(AnalysisPlan plan, PlannedSample sample) => IsAnytime(plan)
        ? string.Create(CultureInfo.InvariantCulture, $" With looks at any time, which this plan allows, a power of {100 * plan.Power:0.##} % {(sample.TotalForPower == long.MaxValue ? "cannot be reached: it needs more subjects than can be counted" : $"needs {NumberText.Of(sample.TotalForPower)}")}.")
        : "";
}
