using System.Globalization;
using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>What <c>dataplane power</c> is asked.</summary>
/// <param name="Baseline">What is expected without an effect.</param>
/// <param name="Deviation">The standard deviation between subjects; null if the metric is a conversion.</param>
/// <param name="Effect">The effect as a share of the baseline; null if it is asked for.</param>
/// <param name="Subjects">The subjects of control; null if they are asked for.</param>
/// <param name="Power">The power, unless it is asked for.</param>
/// <param name="Alpha">The error rate.</param>
/// <param name="Sides">1 or 2.</param>
/// <param name="Ratio">The subjects of the variant for each of control.</param>
internal sealed record PowerQuestion(double Baseline, double? Deviation, double? Effect, double? Subjects, double Power, double Alpha, int Sides, double Ratio)
{
    /// <summary>The effect on the scale of the metric; null if it is asked for.</summary>
    public double? Difference => Baseline * Effect;

    /// <summary>The subjects of the variant; null if they are asked for.</summary>
    public double? Treatment => Subjects is { } control ? Math.Floor(control * Ratio) : null;

    /// <summary>The test.</summary>
    public TwoArmTest Test => new(Alpha, Sides, Ratio);

    /// <summary>Checks every option.</summary>
    /// <exception cref="CommandException">One is out of its range; the message names it.</exception>
    public void Check()
    {
        Require(Alpha is > 0 and < 1, "--alpha", Alpha, "must be between 0 and 1, both excluded");
        Require(Sides is 1 or 2, "--sides", Sides, "must be 1 or 2");
        Require(Power is < 1 && Power > Alpha / Sides, "--power", Power, "must be below 1 and above --alpha divided by --sides");
        Require(Ratio > 0 && double.IsFinite(Ratio), "--ratio", Ratio, "must be above 0");
        Require(Baseline != 0 && double.IsFinite(Baseline), "--baseline", Baseline, "must not be 0");
        Require(Effect is null || (Effect != 0 && double.IsFinite(Effect.Value)), "--effect", Effect, "must not be 0");
        Require(Subjects is null || (Subjects >= 1 && double.IsFinite(Subjects.Value)), "--subjects", Subjects, "must be at least 1");
        Require(Treatment is not < 1, "--ratio", Ratio, $"must leave the variant at least one subject for the {NumberText.Of((long)(Subjects ?? 0))} of control");
        Require(Deviation is null || (Deviation > 0 && double.IsFinite(Deviation.Value)), "--sd", Deviation, "must be above 0");
        Require(Sides == 2 || Difference is not < 0, "--effect", Effect, "must be an increase with --sides 1, which acts upon nothing else");
        if (Deviation is null)
        {
            Require(Baseline is > 0 and < 1, "--baseline", Baseline, "must be between 0 and 1, both excluded: without --sd the metric is a conversion");
            Require(Baseline + Difference is null or (> 0 and < 1), "--effect", Effect, string.Create(CultureInfo.InvariantCulture, $"takes the rate from {Baseline} to {Baseline + Difference}, and must leave it between 0 and 1, both excluded"));
        }
    }

    private static void Require(bool holds, string option, double? value, string rule)
    {
        if (!holds)
        {
            throw new CommandException(string.Create(CultureInfo.InvariantCulture, $"{option} {rule}; it is {value}."));
        }
    }
}
