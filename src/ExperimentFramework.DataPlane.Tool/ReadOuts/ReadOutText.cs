using System.Globalization;
using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Read-outs as text.</summary>
internal static class ReadOutText
{
    public static string Of(ReadOutState state) => state switch
    {
        ReadOutState.Shown => "shown",
        ReadOutState.Gathering => "gathering",
        ReadOutState.Untrustworthy => "untrustworthy",
        _ => "notComparable",
    };

    public static string Of(ReadOutVerdict verdict) => verdict switch
    {
        ReadOutVerdict.Higher => "higher",
        ReadOutVerdict.Lower => "lower",
        ReadOutVerdict.Undecided => "undecided",
        _ => "none",
    };

    /// <summary>Returns a mean; nothing if there is none.</summary>
    public static string Mean(double? mean) => mean?.ToString("0.####", CultureInfo.InvariantCulture) ?? "";

    /// <summary>Returns an effect with its interval, as differences.</summary>
    public static string Difference(EffectInterval? effect) => effect is null ? "" : Text(effect, static value => value.ToString("+0.####;-0.####;0", CultureInfo.InvariantCulture));

    /// <summary>Returns an effect with its interval, in percent.</summary>
    public static string Lift(EffectInterval? effect) => effect is null ? "" : Text(effect, static value => value.ToString("+0.0%;-0.0%;0%", CultureInfo.InvariantCulture));

    private static string Text(EffectInterval effect, Func<double, string> write) =>
        effect is { Lower: { } lower, Upper: { } upper } ? $"{write(effect.Estimate)} [{write(lower)}, {write(upper)}]" : write(effect.Estimate);
}
