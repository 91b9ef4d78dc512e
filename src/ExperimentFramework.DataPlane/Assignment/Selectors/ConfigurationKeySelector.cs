namespace ExperimentFramework.DataPlane;

/// <summary>
/// Selects the variant configured by a configuration value; control while the value is absent or empty. The value is read at each
/// decision, so a reload takes effect; while the configuration cannot be read, the last value stays in force.
/// </summary>
internal sealed class ConfigurationKeySelector(ConfigurationValue value, string controlKey) : IVariantSelector
{
    private readonly string _rulePath = $"configuration:{value.Key}";
    private VariantSelection? _last;

    public VariantSelection Select(in SelectionContext context)
    {
        var configured = value.Read();
        var variant = string.IsNullOrEmpty(configured) ? controlKey : configured;
        var last = _last;
        return last is not null && last.VariantKey == variant
            ? last
            : _last = new VariantSelection(variant, SelectionReasons.TrialSelection, _rulePath);
    }
}
