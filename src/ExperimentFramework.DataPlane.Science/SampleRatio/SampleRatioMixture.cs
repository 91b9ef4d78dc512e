namespace ExperimentFramework.DataPlane.Science;

/// <summary>The mixture of <see cref="SequentialSampleRatio"/> for one allocation, prepared for repeated evaluation: terms that depend only on the prior are computed once.</summary>
public sealed class SampleRatioMixture
{
    private readonly double[] _shares;
    private readonly double[] _concentrations;
    private readonly double[] _priorCorrections;
    private readonly double _logCount;

    /// <summary>Prepares the mixture.</summary>
    /// <param name="allocation">The planned split.</param>
    /// <param name="concentrations">The concentrations, each above 0; <see cref="SequentialSampleRatio.Concentrations"/> if empty.</param>
    /// <exception cref="ArgumentOutOfRangeException">A concentration is out of range.</exception>
    public SampleRatioMixture(Allocation allocation, ReadOnlySpan<double> concentrations = default)
    {
        ArgumentNullException.ThrowIfNull(allocation);
        concentrations = concentrations.IsEmpty ? SequentialSampleRatio.Concentrations : concentrations;
        _shares = [.. allocation.Shares];
        _concentrations = [.. concentrations];
        _priorCorrections = Array.ConvertAll(_concentrations, concentration => SequentialSampleRatio.PriorCorrection(_shares, concentration));
        _logCount = Math.Log(_concentrations.Length);
    }

    /// <summary>Computes the logarithm of the e-value of the mixture.</summary>
    /// <param name="counts">The counts of the variants, not negative.</param>
    /// <returns>ln E, as <see cref="SequentialSampleRatio.LogMixtureEValue(ReadOnlySpan{long}, ReadOnlySpan{double}, ReadOnlySpan{double})"/> computes it.</returns>
    /// <exception cref="ArgumentException">The number of counts differs from the number of variants, or a count is negative.</exception>
    public double LogEValue(ReadOnlySpan<long> counts)
    {
        Require.SameLength(counts.Length, _shares.Length, nameof(counts), "weights");
        var total = SequentialSampleRatio.Total(counts);
        Span<double> logs = _concentrations.Length <= 64 ? stackalloc double[_concentrations.Length] : new double[_concentrations.Length];
        for (var index = 0; index < logs.Length; index++)
        {
            logs[index] = SequentialSampleRatio.LogEValue(counts, total, _shares, _concentrations[index], _priorCorrections[index]);
        }

        return LogarithmicFunctions.LogSumExp(logs) - _logCount;
    }
}
