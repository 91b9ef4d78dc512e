using System.Globalization;
using System.Text.Json;
using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>A sample size, a power, or the smallest effect that can be found.</summary>
/// <param name="Control">The subjects of control.</param>
/// <param name="Treatment">The subjects of the variant.</param>
/// <param name="Power">The power.</param>
/// <param name="Effect">The effect as a share of the baseline; null if no effect has that power.</param>
/// <param name="Difference">The same on the scale of the metric.</param>
internal sealed record PowerAnswer(double Control, double Treatment, double Power, double? Effect, double? Difference)
{
    /// <summary>Computes what is missing: sizes if the effect is known, the effect if they are, the power if both are.</summary>
    /// <exception cref="CommandException">A value is out of its range.</exception>
    public static PowerAnswer Of(PowerQuestion question)
    {
        question.Check();
        try
        {
            return Compute(question);
        }
        catch (ArgumentException exception)
        {
            // Values that are in range each may be impossible together.
            throw new CommandException($"There is no answer to these values: {exception.Message.Split(" (Parameter '")[0]}", exception);
        }
    }

    private static PowerAnswer Compute(PowerQuestion question)
    {
        var (baseline, test, power) = (question.Baseline, question.Test, question.Power);
        if (question.Subjects is not { } control)
        {
            var difference = question.Difference!.Value;
            var size = question.Deviation is { } sd ? TwoMeans.Size(difference, sd, sd, power, test) : TwoProportions.Size(baseline, baseline + difference, power, test);
            return new PowerAnswer(size.N1, size.N2, power, question.Effect, difference);
        }

        var treatment = question.Treatment!.Value;
        if (question.Difference is { } planned)
        {
            var reached = question.Deviation is { } sd ? TwoMeans.Power(planned, sd, sd, control, test) : TwoProportions.Power(baseline, baseline + planned, control, test);
            return new PowerAnswer(control, treatment, reached, question.Effect, planned);
        }

        var smallest = question.Deviation is { } spread ? TwoMeans.Detectable(spread, spread, control, power, test) : TwoProportions.DetectableIncrease(baseline, control, power, test);
        return new PowerAnswer(control, treatment, power, smallest / baseline, smallest);
    }

    public void Write(Utf8JsonWriter json)
    {
        json.Write("control", Control);
        json.Write("treatment", Treatment);
        json.Write("total", Control + Treatment);
        json.Write("power", Power);
        json.Write("effect", Effect);
        json.Write("difference", Difference);
    }

    /// <summary>Says the answer in a sentence.</summary>
    public string InWords() => Effect is { } effect && Difference is { } difference
        ? string.Create(
            CultureInfo.InvariantCulture,
            $"{Control:N0} subjects in control and {Treatment:N0} in the variant find an effect of {effect:P2} (a difference of {difference:G4}) with a probability of {Power:P1}.")
        : string.Create(CultureInfo.InvariantCulture, $"With {Control:N0} subjects in control, no increase is found with a probability of {Power:P1}.");
}
