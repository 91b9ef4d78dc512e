using System.Globalization;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>Defines how much of a one-sided error rate may be spent by a given share of the information.</summary>
/// <remarks>Lan and DeMets, "Discrete sequential boundaries for clinical trials" (Biometrika 1983).</remarks>
public abstract class SpendingFunction
{
    private SpendingFunction()
    {
    }

    /// <summary>The O'Brien-Fleming type: 2 - 2 Phi(z(alpha/2) / sqrt(t)). Spends almost nothing early.</summary>
    public static SpendingFunction OBrienFleming { get; } = new OBrienFlemingType();

    /// <summary>The Pocock type: alpha ln(1 + (e - 1) t). Spends approximately evenly.</summary>
    public static SpendingFunction Pocock { get; } = new PocockType();

    /// <summary>The family of Hwang, Shih and DeCani (1990): alpha (1 - exp(-gamma t)) / (1 - exp(-gamma)).</summary>
    /// <param name="gamma">gamma, finite, from -700 to 700; 0 spends alpha t, positive values spend early, negative values spend late.</param>
    /// <returns>The function.</returns>
    /// <exception cref="ArgumentOutOfRangeException">gamma is out of range.</exception>
    public static SpendingFunction HwangShihDeCani(double gamma)
    {
        Require.Between(gamma, -700, 700, nameof(gamma));
        return new HwangShihDeCaniType(gamma);
    }

    /// <summary>The power family of Kim and DeMets (1987): alpha t^rho.</summary>
    /// <param name="rho">rho, above 0.</param>
    /// <returns>The function.</returns>
    /// <exception cref="ArgumentOutOfRangeException">rho is not above 0.</exception>
    public static SpendingFunction Power(double rho)
    {
        Require.Positive(rho, nameof(rho));
        return new PowerType(rho);
    }

    /// <summary>Computes the error rate that may have been spent.</summary>
    /// <param name="alpha">The one-sided error rate, between 0 and 1, both excluded.</param>
    /// <param name="time">The information fraction (or another spending time), at least 0; at 1 and above, everything is spent.</param>
    /// <returns>The spent error rate, from 0 to <paramref name="alpha"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public double Spent(double alpha, double time)
    {
        Require.Probability(alpha, nameof(alpha));
        Require.NotNegative(time, nameof(time));
        return time == 0 ? 0 : time >= 1 ? alpha : Within(alpha, time);
    }

    /// <summary>Parses a spending function.</summary>
    /// <param name="text">The text, as returned by <see cref="object.ToString"/>.</param>
    /// <returns>The function; null if there is no function with that name, or its parameter is out of range.</returns>
    internal static SpendingFunction? Find(string text)
    {
        var open = text.IndexOf('(', StringComparison.Ordinal);
        if (open < 0)
        {
            return text switch { nameof(OBrienFleming) => OBrienFleming, nameof(Pocock) => Pocock, _ => null };
        }

        if (text[^1] != ')' || !double.TryParse(text.AsSpan(open + 1, text.Length - open - 2), NumberStyles.Float, CultureInfo.InvariantCulture, out var parameter))
        {
            return null;
        }

        return text[..open] switch
        {
            nameof(HwangShihDeCani) when parameter is >= -700 and <= 700 => HwangShihDeCani(parameter),
            nameof(Power) when parameter > 0 && double.IsFinite(parameter) => Power(parameter),
            _ => null,
        };
    }

    private protected abstract double Within(double alpha, double time);

    private sealed class OBrienFlemingType : SpendingFunction
    {
        public override string ToString() => nameof(OBrienFleming);

        private protected override double Within(double alpha, double time) =>
            2 * NormalDistribution.UpperTail(NormalDistribution.UpperQuantile(alpha / 2) / Math.Sqrt(time));
    }

    private sealed class PocockType : SpendingFunction
    {
        public override string ToString() => nameof(Pocock);

        private protected override double Within(double alpha, double time) => alpha * LogarithmicFunctions.LogOnePlus((Math.E - 1) * time);
    }

    private sealed class HwangShihDeCaniType(double gamma) : SpendingFunction
    {
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{nameof(HwangShihDeCani)}({gamma + 0.0:R})");

        private protected override double Within(double alpha, double time) =>
            gamma == 0 ? alpha * time : alpha * (LogarithmicFunctions.ExpMinusOne(-gamma * time) / LogarithmicFunctions.ExpMinusOne(-gamma));
    }

    private sealed class PowerType(double rho) : SpendingFunction
    {
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{nameof(Power)}({rho:R})");

        private protected override double Within(double alpha, double time) => alpha * Math.Pow(time, rho);
    }
}
