using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// A Boolean flag of the configuration section <c>FeatureManagement</c>: on is the variant, off or absent is control. Read
/// at each decision, so a reload is picked up.
/// </summary>
internal sealed partial class FeatureFlagSelector : IVariantSelector
{
    private readonly IConfiguration _configuration;
    private readonly string _key;
    private readonly VariantSelection _on;
    private readonly VariantSelection _off;
    private readonly QuietLogger _logger;

    /// <exception cref="InvalidOperationException">The flag is only in a section that is not read; the message names the remedy.</exception>
    public FeatureFlagSelector(IConfiguration configuration, string experimentName, string flag, string onKey, string controlKey, QuietLogger logger)
    {
        _configuration = configuration;
        _key = KeyOf(flag);
        _on = new VariantSelection(onKey, SelectionReasons.TrialSelection, $"feature-flag:{flag}");
        _off = new VariantSelection(controlKey, SelectionReasons.TrialSelection, $"feature-flag:{flag}");
        _logger = logger;
        if (!string.IsNullOrEmpty(configuration[_key]))
        {
            return;
        }

        if (configuration.GetSection("feature_management:feature_flags").GetChildren().Any(other => string.Equals(other["id"], flag, StringComparison.OrdinalIgnoreCase)))
        {
            throw new InvalidOperationException(
                $"Experiment '{experimentName}' cannot start: its feature flag '{flag}' is in the configuration section 'feature_management', but UsingFeatureFlag reads only '{_key}'. Call UsingFeatureVariant(\"{flag}\") of the package ExperimentFramework.DataPlane.FeatureManagement, or set '{_key}' to true or false.");
        }

        LogAbsent(experimentName, flag, _key, controlKey);
    }

    /// <summary>Where the flag is in the configuration.</summary>
    public static string KeyOf(string flag) => $"FeatureManagement:{flag}";

    public VariantSelection Select(in SelectionContext context)
    {
        var value = _configuration[_key];
        if (string.IsNullOrEmpty(value))
        {
            return _off;
        }

        return bool.TryParse(value, out var isOn)
            ? isOn ? _on : _off
            : throw SafeText.Own(new FormatException($"Configuration value '{_key}' is '{value}'; expected true or false."));
    }

    [LoggerMessage(27, LogLevel.Warning,
        "Experiment {Experiment} selects by feature flag '{Flag}', but the configuration has no value '{Key}': '{Control}' is served to everybody until it has.")]
    private partial void LogAbsent(string experiment, string flag, string key, string control);
}
