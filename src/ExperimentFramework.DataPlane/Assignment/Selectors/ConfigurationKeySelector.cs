namespace ExperimentFramework.DataPlane;

/// <summary>
/// The variant that a configuration value names; control while the value is absent or empty. Read at each decision, so a
/// reload is picked up; while the configuration is broken, the last value stays in force.
/// </summary>
internal sealed class ConfigurationKeySelector(ConfigurationValue value, string controlKey) : IVariantSelector
{
    private readonly string _rulePath = $"configuration:{value.Key}";
    private VariantSelection? _last;

    public VariantSelection Select(in SelectionContext context)
    {
        var named = value.Read();
        var variant = string.IsNullOrEmpty(named) ? controlKey : named;
        var last = _last;
        return last is not null && last.VariantKey == variant
            ? last
            : _last = new VariantSelection(variant, SelectionReasons.TrialSelection, _rulePath);
    }
}
