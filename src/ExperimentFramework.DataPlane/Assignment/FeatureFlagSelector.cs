using Microsoft.Extensions.Configuration;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// A Boolean flag of the configuration section <c>FeatureManagement</c>: on is the variant, off or absent is control. Read
/// at each decision, so a reload is picked up.
/// </summary>
internal sealed class FeatureFlagSelector(IConfiguration configuration, string flag, string onKey, string controlKey) : IVariantSelector
{
    private readonly string _key = KeyOf(flag);
    private readonly VariantSelection _on = new(onKey, SelectionReasons.TrialSelection, $"feature-flag:{flag}");
    private readonly VariantSelection _off = new(controlKey, SelectionReasons.TrialSelection, $"feature-flag:{flag}");

    /// <summary>Where the flag stands in the configuration.</summary>
    public static string KeyOf(string flag) => $"FeatureManagement:{flag}";

    public VariantSelection Select(in SelectionContext context)
    {
        var value = configuration[_key];
        if (string.IsNullOrEmpty(value))
        {
            return _off;
        }

        return bool.TryParse(value, out var isOn)
            ? isOn ? _on : _off
            : throw new FormatException($"Configuration value '{_key}' is '{value}'; expected true or false.");
    }
}
