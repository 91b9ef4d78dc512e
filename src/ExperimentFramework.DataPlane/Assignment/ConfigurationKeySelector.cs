using Microsoft.Extensions.Configuration;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// The variant that a configuration value names; control while the value is absent or empty. Read at each decision, so a
/// reload is picked up.
/// </summary>
internal sealed class ConfigurationKeySelector(IConfiguration configuration, string key, string controlKey) : IVariantSelector
{
    private readonly string _rulePath = $"configuration:{key}";
    private VariantSelection? _last;

    public VariantSelection Select(in SelectionContext context)
    {
        var value = configuration[key];
        var variant = string.IsNullOrEmpty(value) ? controlKey : value;
        var last = _last;
        return last is not null && last.VariantKey == variant
            ? last
            : _last = new VariantSelection(variant, SelectionReasons.TrialSelection, _rulePath);
    }
}
