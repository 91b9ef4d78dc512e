using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Says which variants of an experiment fail while control answers in their place: the caller sees nothing of it, so nobody else would. One line
/// for each change of state.
/// </summary>
internal sealed partial class FallbackFaults(string experimentName, TimeProvider time, ILogger logger)
{
    private readonly QuietLogger _logger = QuietLogger.Of(logger);
    private readonly ConcurrentDictionary<string, FaultState> _byVariant = new(StringComparer.Ordinal);

    /// <summary>Notes that control answers because the variant failed.</summary>
    public void Failed(string variantKey, Exception exception)
    {
        if (_byVariant.GetOrAdd(variantKey, static (_, time) => new FaultState(time), time).Enter())
        {
            LogFails(experimentName, variantKey, exception);
        }
    }

    /// <summary>Notes that the variant answered.</summary>
    public void Answered(string variantKey)
    {
        if (_byVariant.TryGetValue(variantKey, out var fault) && fault.Leave())
        {
            LogRecovered(experimentName, variantKey);
        }
    }

    [LoggerMessage(18, LogLevel.Error, "Experiment {Experiment}: variant '{Variant}' fails, and control answers in its place.")]
    private partial void LogFails(string experiment, string variant, Exception exception);

    [LoggerMessage(19, LogLevel.Information, "Experiment {Experiment}: variant '{Variant}' answers again.")]
    private partial void LogRecovered(string experiment, string variant);
}
