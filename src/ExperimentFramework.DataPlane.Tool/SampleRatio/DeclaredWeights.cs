using System.Globalization;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>The weights of an experiment as they are named on the command line: <c>checkout:control=50,b=50</c>.</summary>
/// <param name="Experiment">The experiment.</param>
/// <param name="Weights">The weights by variant.</param>
internal sealed record DeclaredWeights(string Experiment, IReadOnlyDictionary<string, double> Weights)
{
    private const string Form = "--weights must be EXPERIMENT:VARIANT=WEIGHT,VARIANT=WEIGHT, for example checkout:control=50,b=50";

    /// <summary>Reads weights.</summary>
    /// <param name="text">The text.</param>
    /// <param name="weights">The weights.</param>
    /// <param name="problem">What is wrong with the text; null if nothing is.</param>
    public static bool TryParse(string text, out DeclaredWeights? weights, out string? problem)
    {
        weights = null;
        var colon = text.LastIndexOf(':');
        if (colon <= 0)
        {
            problem = $"{Form}; '{text}' names no experiment.";
            return false;
        }

        var byVariant = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var part in text[(colon + 1)..].Split(','))
        {
            var equals = part.LastIndexOf('=');
            if (equals <= 0 || !double.TryParse(part[(equals + 1)..], NumberStyles.Float, CultureInfo.InvariantCulture, out var weight) || !double.IsFinite(weight) || weight < 0)
            {
                problem = $"{Form}; '{part}' is no variant with a weight of at least 0.";
                return false;
            }

            if (!byVariant.TryAdd(part[..equals], weight))
            {
                problem = $"{Form}; '{part[..equals]}' has two weights.";
                return false;
            }
        }

        problem = byVariant.Values.Count(static weight => weight > 0) < 2 ? $"{Form}; at least two variants must have a weight above 0." : null;
        weights = problem is null ? new DeclaredWeights(text[..colon], byVariant) : null;
        return problem is null;
    }
}
