namespace ExperimentFramework.DataPlane.Science;

/// <summary>The path of the sequential test over batches of subjects.</summary>
public sealed class SequentialSampleRatioPath
{
    private readonly List<double> _logEValues = [];
    private readonly List<double> _logPValues = [];

    /// <summary>ln E after each batch.</summary>
    public IReadOnlyList<double> LogEValues => _logEValues;

    /// <summary>ln p after each batch, p = 1 / sup E: it never rises, and starts at 0.</summary>
    public IReadOnlyList<double> LogPValues => _logPValues;

    /// <summary>ln E now; 0 before the first batch.</summary>
    public double LogEValue => _logEValues.Count == 0 ? 0 : _logEValues[^1];

    /// <summary>ln p now; 0 before the first batch.</summary>
    public double LogPValue => _logPValues.Count == 0 ? 0 : _logPValues[^1];

    /// <summary>Adds the e-value after another batch.</summary>
    /// <param name="logEValue">ln E.</param>
    public void Add(double logEValue)
    {
        _logPValues.Add(Math.Min(LogPValue, -logEValue));
        _logEValues.Add(logEValue);
    }

    /// <summary>Finds the first batch after which the p-value was at most a level.</summary>
    /// <param name="level">The level, between 0 and 1, both excluded.</param>
    /// <returns>The index of the batch, from 0; null if there is none.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The level is out of range.</exception>
    public int? FirstAtMost(double level)
    {
        Require.Probability(level, nameof(level));
        var index = _logPValues.FindIndex(logPValue => logPValue <= Math.Log(level));
        return index < 0 ? null : index;
    }
}
