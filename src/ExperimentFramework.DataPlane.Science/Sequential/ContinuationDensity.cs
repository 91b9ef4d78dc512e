namespace ExperimentFramework.DataPlane.Science;

/// <summary>
/// The density of a Brownian motion at a look, restricted to paths that have not crossed a boundary before. Computes what remains after each look, and what crosses at the next.
/// </summary>
/// <remarks>
/// Uses the recursive numerical integration of Armitage, McPherson and Rowe (1969), with Gauss-Legendre panels of 16 nodes that are no wider than 4 standard deviations of the smaller
/// neighbouring increment, at least 4 of them. The region is clipped where the rest is negligible: at 8 standard deviations for probabilities that are summed, and further out for
/// boundaries that spend little.
/// </remarks>
internal sealed class ContinuationDensity
{
    private const double SmallestReach = 8;
    private const double WidestPanel = 4;
    private const int FewestPanels = 4;

    /// <summary>A term that is smaller by a factor of e^37 does not change a double.</summary>
    private const double NegligibleLog = 37;

    private readonly double _drift;
    private readonly double _reach;
    private double[] _nodes = [];
    private double[] _masses = [];

    /// <summary>Creates the density before the first look.</summary>
    /// <param name="drift">The expected value of the motion at information 1.</param>
    /// <param name="smallestProbability">The smallest crossing probability that must be accurate; 0 if only sums must be.</param>
    public ContinuationDensity(double drift, double smallestProbability = 0)
    {
        _drift = drift;
        _reach = smallestProbability > 0
            ? Math.Max(SmallestReach, NormalDistribution.UpperQuantileFromLog(Math.Log(smallestProbability) - NegligibleLog))
            : SmallestReach;
    }

    /// <summary>The information of the last look.</summary>
    public double Information { get; private set; }

    /// <summary>The probability that the motion crosses a value at a look.</summary>
    /// <param name="information">The look's information, above that of the last one.</param>
    /// <param name="value">The boundary in units of the motion.</param>
    /// <param name="direction">1 for crossing upwards, -1 for crossing downwards.</param>
    public double CrossingProbability(double information, double value, int direction)
    {
        var increment = information - Information;
        var deviation = Math.Sqrt(increment);
        if (_nodes.Length == 0)
        {
            return Information == 0 ? NormalDistribution.UpperTail(direction * (value - (_drift * information)) / deviation) : 0;
        }

        var sum = 0.0;
        for (var index = 0; index < _nodes.Length; index++)
        {
            var z = direction * (value - _nodes[index] - (_drift * increment)) / deviation;
            if (z < _reach + 1)
            {
                sum += _masses[index] * NormalDistribution.UpperTail(z);
            }
        }

        return sum;
    }

    /// <summary>The density of the motion at a value and a look: the derivative of the crossing probability, except for its sign.</summary>
    public double DensityAt(double information, double value)
    {
        var increment = information - Information;
        return Density(value, increment, Math.Sqrt(increment));
    }

    /// <summary>Continues after a look.</summary>
    /// <param name="information">The look's information.</param>
    /// <param name="lower">The lower boundary in units of the motion; minus infinity if there is none.</param>
    /// <param name="upper">The upper boundary.</param>
    /// <param name="nextIncrement">How much information the next look adds.</param>
    public void Continue(double information, double lower, double upper, double nextIncrement)
    {
        var increment = information - Information;
        var deviation = Math.Sqrt(increment);
        var reach = _reach * Math.Sqrt(information);
        var from = Math.Max(lower, (_drift * information) - reach);
        var to = Math.Min(upper, (_drift * information) + reach);
        if (!(to > from))
        {
            (Information, _nodes, _masses) = (information, [], []);
            return;
        }

        var rule = GaussLegendre.Sixteen;
        var panels = Math.Max(FewestPanels, (int)Math.Ceiling((to - from) / (WidestPanel * Math.Sqrt(Math.Min(increment, nextIncrement)))));
        var nodes = new double[panels * rule.Nodes.Length];
        var masses = new double[nodes.Length];
        var half = (to - from) / (2 * panels);
        for (var index = 0; index < nodes.Length; index++)
        {
            var (panel, node) = Math.DivRem(index, rule.Nodes.Length);
            nodes[index] = from + (half * ((2 * panel) + 1 + rule.Nodes[node]));
            masses[index] = half * rule.Weights[node] * Density(nodes[index], increment, deviation);
        }

        (Information, _nodes, _masses) = (information, nodes, masses);
    }

    private double Density(double value, double increment, double deviation)
    {
        var shift = value - (_drift * increment);
        if (_nodes.Length == 0)
        {
            return Information == 0 ? Math.Exp(NormalDistribution.LogDensity(shift / deviation)) / deviation : 0;
        }

        // Nodes are in ascending order, and only those within reach of the value contribute.
        var first = Array.BinarySearch(_nodes, shift - ((_reach + 1) * deviation));
        var sum = 0.0;
        var scale = -0.5 / increment;
        for (var index = first < 0 ? ~first : first; index < _nodes.Length; index++)
        {
            var distance = shift - _nodes[index];
            if (distance < -(_reach + 1) * deviation)
            {
                break;
            }

            sum += _masses[index] * Math.Exp(scale * distance * distance);
        }

        return sum / (deviation * 2.50662827463100050242);
    }
}
