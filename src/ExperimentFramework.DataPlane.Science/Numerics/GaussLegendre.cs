namespace ExperimentFramework.DataPlane.Science;

/// <summary>Nodes and weights of Gauss-Legendre quadrature on [-1, 1].</summary>
public sealed class GaussLegendre
{
    /// <summary>The rule with 16 nodes, exact for polynomials of degree 31.</summary>
    public static GaussLegendre Sixteen { get; } = new(16);

    private readonly double[] _nodes;
    private readonly double[] _weights;

    /// <summary>Computes a rule.</summary>
    /// <param name="count">The number of nodes, 1 to 1,000.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is out of range.</exception>
    /// <remarks>Uses Newton's method on the Legendre polynomial, starting at cos(pi (i - 1/4) / (n + 1/2)) (DLMF 18.16.5); weights by DLMF 3.5.25.</remarks>
    public GaussLegendre(int count)
    {
        Require.Between(count, 1, 1_000, nameof(count));
        _nodes = new double[count];
        _weights = new double[count];
        for (var index = 0; index < count; index++)
        {
            var x = Math.Cos(Math.PI * (index + 0.75) / (count + 0.5));
            double derivative;
            for (var round = 0; ; round++)
            {
                (var value, derivative) = Legendre(count, x);
                var step = value / derivative;
                x -= step;
                if (Math.Abs(step) < 1e-16 || round == 20)
                {
                    break;
                }
            }

            (_, derivative) = Legendre(count, x);
            _nodes[count - 1 - index] = x;
            _weights[count - 1 - index] = 2 / ((1 - (x * x)) * derivative * derivative);
        }
    }

    /// <summary>The nodes, in ascending order.</summary>
    public ReadOnlySpan<double> Nodes => _nodes;

    /// <summary>The weights, in the order of the nodes; their sum is 2.</summary>
    public ReadOnlySpan<double> Weights => _weights;

    private static (double Value, double Derivative) Legendre(int degree, double x)
    {
        var before = 1.0;
        var current = x;
        for (var order = 2; order <= degree; order++)
        {
            (before, current) = (current, ((((2 * order) - 1) * x * current) - ((order - 1) * before)) / order);
        }

        return (current, degree * ((x * current) - before) / ((x * x) - 1));
    }
}
