using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>Finds overrides for the current call through the application's override providers. A provider that throws is ignored.</summary>
internal sealed partial class CallOverrides
{
    private readonly string _experimentName;
    private readonly IVariantSet _variants;
    private readonly IVariantOverrideProvider[] _providers;
    private readonly Dictionary<string, Decision> _decisions;
    private readonly FaultLatch _providerFault;
    private readonly FaultLatch _variantFault;
    private readonly NonThrowingLogger _logger;

    public CallOverrides(
        string experimentName, IVariantSet variants, AssignmentPolicy policy, IEnumerable<IVariantOverrideProvider> providers, TimeProvider time, ILogger logger)
    {
        _experimentName = experimentName;
        _variants = variants;
        _providers = [.. providers];
        _decisions = variants.Keys.ToDictionary(
            key => key,
            key => new Decision(variants.Find(key)!, SelectionReasons.Override, "override:call", policy, null),
            StringComparer.OrdinalIgnoreCase);
        _providerFault = new FaultLatch(time);
        _variantFault = new FaultLatch(time);
        _logger = NonThrowingLogger.Of(logger);
    }

    /// <summary>Returns the decision for the override of the current call; null if there is none.</summary>
    public Decision? Find()
    {
        foreach (var provider in _providers)
        {
            if (VariantOf(provider) is not { } key)
            {
                continue;
            }

            if (_decisions.TryGetValue(key, out var decision))
            {
                _variantFault.Reset();
                return decision;
            }

            if (_variantFault.Trip())
            {
                LogUnknownVariant(_experimentName, PrintableText.Sanitize(key), string.Join(", ", _variants.Keys));
            }
        }

        return null;
    }

    private string? VariantOf(IVariantOverrideProvider provider)
    {
        try
        {
            var key = provider.FindVariant(_experimentName);
            _providerFault.Reset();
            return string.IsNullOrEmpty(key) ? null : key;
        }
        catch (Exception exception)
        {
            if (_providerFault.Trip())
            {
                LogFailing(_experimentName, provider.GetType().Name, exception);
            }

            return null;
        }
    }

    [LoggerMessage(26, LogLevel.Error, "Experiment {Experiment} ignores the override of a call because variant '{Variant}' does not exist. Use one of: {Variants}.", EventName = "CallOverrideUnknownVariant")]
    private partial void LogUnknownVariant(string experiment, string variant, string variants);

    [LoggerMessage(25, LogLevel.Error, "{Provider}.FindVariant threw. Experiment {Experiment} ignores its overrides until it succeeds again.", EventName = "CallOverrideProviderFailing")]
    private partial void LogFailing(string experiment, string provider, Exception exception);
}
