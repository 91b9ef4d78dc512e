using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Selects by a Boolean flag in the configuration section <c>FeatureManagement</c>: the variant if it is on, control if it is off or absent. The
/// flag is read at each decision, so a reload takes effect; while the configuration cannot be read, the last value stays in force.
/// </summary>
internal sealed partial class FeatureFlagSelector : IVariantSelector
{
    private readonly ConfigurationValue _value;
    private readonly VariantSelection _on;
    private readonly VariantSelection _off;
    private readonly NonThrowingLogger _logger;

    /// <exception cref="InvalidOperationException">The flag is only in a section that is not read; the message says what to do.</exception>
    public FeatureFlagSelector(
        IConfiguration configuration, ConfigurationValue value, string experimentName, string flag, string onKey, string controlKey, NonThrowingLogger logger)
    {
        _value = value;
        _on = new VariantSelection(onKey, SelectionReasons.TrialSelection, $"feature-flag:{flag}");
        _off = new VariantSelection(controlKey, SelectionReasons.TrialSelection, $"feature-flag:{flag}");
        _logger = logger;
        if (!string.IsNullOrEmpty(configuration[value.Key]))
        {
            return;
        }

        if (configuration.GetSection("feature_management:feature_flags").GetChildren().Any(other => string.Equals(other["id"], flag, StringComparison.OrdinalIgnoreCase)))
        {
            throw new InvalidOperationException(
                $"Experiment '{experimentName}' cannot start: its feature flag '{flag}' is in the configuration section 'feature_management', but UsingFeatureFlag reads only '{value.Key}'. Call UsingFeatureVariant(\"{flag}\") from the package ExperimentFramework.DataPlane.FeatureManagement, or set '{value.Key}' to true or false.");
        }

        LogAbsent(experimentName, flag, value.Key, controlKey);
    }

    /// <summary>Returns the flag's configuration key.</summary>
    public static string KeyOf(string flag) => $"FeatureManagement:{flag}";

    public VariantSelection Select(in SelectionContext context)
    {
        var text = _value.Read();
        if (string.IsNullOrEmpty(text))
        {
            return _off;
        }

        return bool.TryParse(text, out var isOn)
            ? isOn ? _on : _off
            : throw SafeText.Own(new FormatException($"Configuration value '{_value.Key}' is '{text}'; expected true or false."));
    }

    [LoggerMessage(27, LogLevel.Warning,
        "Experiment {Experiment} selects by feature flag '{Flag}', but configuration value '{Key}' is not set. '{Control}' is served to all subjects until it is.", EventName = "FeatureFlagMissing")]
    private partial void LogAbsent(string experiment, string flag, string key, string control);
}
