using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Logs variant failures that would otherwise be invisible: a fallback hides the failure from the caller, and a variant that cannot be created
/// may leave no exposure. Writes one line per change of state.
/// </summary>
internal sealed partial class VariantFailureLog(string experimentName, TimeProvider time, ILogger logger)
{
    private readonly NonThrowingLogger _logger = NonThrowingLogger.Of(logger);
    private readonly ConcurrentDictionary<string, FaultLatch> _failing = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, FaultLatch> _missing = new(StringComparer.Ordinal);

    /// <summary>Reports that a call fell back to control because the variant failed.</summary>
    public void OnFailed(string variantKey, Exception exception)
    {
        if (Trip(_failing, variantKey))
        {
            LogFails(experimentName, variantKey, exception);
        }
    }

    /// <summary>Reports that the variant succeeded.</summary>
    public void OnSucceeded(string variantKey)
    {
        if (Reset(_failing, variantKey))
        {
            LogRecovered(experimentName, variantKey);
        }
    }

    /// <summary>Reports that the container could not create an instance.</summary>
    public void OnCreationFailed(string instance, Exception exception)
    {
        if (Trip(_missing, instance))
        {
            LogNotCreated(experimentName, instance, exception);
        }
    }

    /// <summary>Reports that the container created an instance.</summary>
    public void OnCreated(string instance)
    {
        if (Reset(_missing, instance))
        {
            LogCreatedAgain(experimentName, instance);
        }
    }

    private bool Trip(ConcurrentDictionary<string, FaultLatch> latches, string name) =>
        latches.GetOrAdd(name, static (_, time) => new FaultLatch(time), time).Trip();

    private static bool Reset(ConcurrentDictionary<string, FaultLatch> latches, string name) => latches.TryGetValue(name, out var latch) && latch.Reset();

    [LoggerMessage(18, LogLevel.Error, "Experiment {Experiment}: variant '{Variant}' is failing, so its calls fall back to control.", EventName = "VariantFailing")]
    private partial void LogFails(string experiment, string variant, Exception exception);

    [LoggerMessage(19, LogLevel.Information, "Experiment {Experiment}: variant '{Variant}' has recovered.", EventName = "VariantRecovered")]
    private partial void LogRecovered(string experiment, string variant);

    [LoggerMessage(21, LogLevel.Error, "Experiment {Experiment}: {Instance} cannot be created. Calls assigned to it fail without an exposure, or fall back to control if the trial enables that. Check its registration and constructor.", EventName = "VariantNotCreated")]
    private partial void LogNotCreated(string experiment, string instance, Exception exception);

    [LoggerMessage(22, LogLevel.Information, "Experiment {Experiment}: {Instance} can be created again.", EventName = "VariantCreatedAgain")]
    private partial void LogCreatedAgain(string experiment, string instance);
}
