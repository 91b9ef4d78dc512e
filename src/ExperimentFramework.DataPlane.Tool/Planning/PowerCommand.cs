using System.CommandLine;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary><c>dataplane power</c>: how many subjects an effect needs, or what can be found with those there are.</summary>
internal static class PowerCommand
{
    public static Command Create(ToolConsole console)
    {
        var baseline = new Option<double>("--baseline") { CustomParser = NumberOptions.Parse, Description = "What is expected without an effect: a rate between 0 and 1, or with --sd a mean.", Required = true, HelpName = "value" };
        var effect = new Option<double?>("--effect") { CustomParser = NumberOptions.ParseOptional, Description = "The smallest effect that matters, as a share of the baseline: 0.05 for 5 %.", HelpName = "share" };
        var deviation = new Option<double?>("--sd") { CustomParser = NumberOptions.ParseOptional, Description = "The standard deviation between subjects; without it the metric is a conversion.", HelpName = "value" };
        var subjects = new Option<double?>("--subjects") { CustomParser = NumberOptions.ParseOptional, Description = "How many subjects control has. With --effect: the power that they have; without: the smallest effect that they can find.", HelpName = "number" };
        var power = new Option<double>("--power") { CustomParser = NumberOptions.Parse, Description = "The probability with which the effect is to be found.", DefaultValueFactory = static _ => 0.8, HelpName = "share" };
        var alpha = new Option<double>("--alpha") { CustomParser = NumberOptions.Parse, Description = "The error rate.", DefaultValueFactory = static _ => 0.05, HelpName = "share" };
        var sides = new Option<int>("--sides") { Description = "1 if only an increase would be acted upon, else 2.", DefaultValueFactory = static _ => 2 };
        var ratio = new Option<double>("--ratio") { CustomParser = NumberOptions.Parse, Description = "The subjects of the variant for each of control.", DefaultValueFactory = static _ => 1, HelpName = "value" };
        var json = SourceArguments.Json();
        var command = new Command("power", "Compute a sample size from an effect, or the power or smallest effect of a sample.") { baseline, effect, deviation, subjects, power, alpha, sides, ratio, json };
        command.Validators.Add(result =>
        {
            if (result.GetValue(effect) is null && result.GetValue(subjects) is null)
            {
                result.AddError("Name --effect for a sample size, --subjects for the smallest effect, or both for the power.");
            }

            if (result.GetResult(effect) is not null && result.GetResult(subjects) is not null && result.GetResult(power) is { Implicit: false })
            {
                result.AddError("--effect and --subjects ask for the power, so --power cannot be given as well: leave out one of the three.");
            }
        });
        command.Runs(console, async (parsed, cancellationToken) =>
        {
            var answer = PowerAnswer.Of(new PowerQuestion(
                parsed.GetValue(baseline), parsed.GetValue(deviation), parsed.GetValue(effect), parsed.GetValue(subjects),
                parsed.GetValue(power), parsed.GetValue(alpha), parsed.GetValue(sides), parsed.GetValue(ratio)));
            if (parsed.GetValue(json))
            {
                await console.WriteJsonAsync(answer.Write, cancellationToken);
            }
            else
            {
                console.Output.WriteText(answer.InWords());
            }

            return ExitCodes.Success;
        });
        return command;
    }
}
