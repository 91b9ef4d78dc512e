using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>The variants that the call itself names, through the application's providers. A provider that throws names none.</summary>
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

    /// <summary>The decision that the call names; null for none.</summary>
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
                LogUnknownVariant(_experimentName, key, string.Join(", ", _variants.Keys));
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

    [LoggerMessage(26, LogLevel.Error, "Experiment {Experiment} ignores an override of the call: variant '{Variant}' does not exist (there are: {Variants}).", EventName = "CallOverrideUnknownVariant")]
    private partial void LogUnknownVariant(string experiment, string variant, string variants);

    [LoggerMessage(25, LogLevel.Error, "Experiment {Experiment} ignores overrides of its calls until {Provider}.FindVariant, which threw, answers again.", EventName = "CallOverrideProviderFailing")]
    private partial void LogFailing(string experiment, string provider, Exception exception);
}
