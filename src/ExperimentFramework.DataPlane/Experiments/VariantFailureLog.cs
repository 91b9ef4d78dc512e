using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Says which variants of an experiment fail where nothing else shows it: where control answers in their place, the caller sees nothing, and one
/// that cannot be created may leave no exposure. One line for each change of state.
/// </summary>
internal sealed partial class VariantFailureLog(string experimentName, TimeProvider time, ILogger logger)
{
    private readonly NonThrowingLogger _logger = NonThrowingLogger.Of(logger);
    private readonly ConcurrentDictionary<string, FaultLatch> _failing = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, FaultLatch> _missing = new(StringComparer.Ordinal);

    /// <summary>Notes that control answers because the variant failed.</summary>
    public void OnFailed(string variantKey, Exception exception)
    {
        if (Trip(_failing, variantKey))
        {
            LogFails(experimentName, variantKey, exception);
        }
    }

    /// <summary>Notes that the variant answered.</summary>
    public void OnSucceeded(string variantKey)
    {
        if (Reset(_failing, variantKey))
        {
            LogRecovered(experimentName, variantKey);
        }
    }

    /// <summary>Notes that the container does not give out a variant.</summary>
    public void OnCreationFailed(string instance, Exception exception)
    {
        if (Trip(_missing, instance))
        {
            LogNotCreated(experimentName, instance, exception);
        }
    }

    /// <summary>Notes that the container gave out a variant.</summary>
    public void OnCreated(string instance)
    {
        if (Reset(_missing, instance))
        {
            LogCreatedAgain(experimentName, instance);
        }
    }

    private bool Trip(ConcurrentDictionary<string, FaultLatch> faults, string name) =>
        faults.GetOrAdd(name, static (_, time) => new FaultLatch(time), time).Trip();

    private static bool Reset(ConcurrentDictionary<string, FaultLatch> faults, string name) => faults.TryGetValue(name, out var fault) && fault.Reset();

    [LoggerMessage(18, LogLevel.Error, "Experiment {Experiment}: variant '{Variant}' fails, and control answers in its place.", EventName = "VariantFailing")]
    private partial void LogFails(string experiment, string variant, Exception exception);

    [LoggerMessage(19, LogLevel.Information, "Experiment {Experiment}: variant '{Variant}' answers again.", EventName = "VariantRecovered")]
    private partial void LogRecovered(string experiment, string variant);

    [LoggerMessage(21, LogLevel.Error, "Experiment {Experiment}: {Instance} cannot be created: calls that are assigned to it fail without an exposure, or fall back to control where the trial says so.", EventName = "VariantNotCreated")]
    private partial void LogNotCreated(string experiment, string instance, Exception exception);

    [LoggerMessage(22, LogLevel.Information, "Experiment {Experiment}: {Instance} can be created again.", EventName = "VariantCreatedAgain")]
    private partial void LogCreatedAgain(string experiment, string instance);
}
