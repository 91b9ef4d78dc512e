using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Selects by the weighted hash of the subject, with weights from a configuration section that may be reloaded. A variant that the
/// section omits keeps the weight set on the trial. If new weights are invalid, the previous ones stay in force.
/// </summary>
internal sealed partial class ConfiguredWeightsSelector : IVariantSelector
{
    private readonly string _experimentName;
    private readonly string? _salt;
    private readonly IReadOnlyList<(string Key, double Weight)> _declared;
    private readonly IConfiguration _configuration;
    private readonly string _section;
    private readonly NonThrowingLogger _logger;
    private readonly ConfigurationSnapshot<SubjectHashSelector> _current;

    /// <exception cref="FormatException">The weights are invalid; the message says why.</exception>
    public ConfiguredWeightsSelector(
        string experimentName,
        string? salt,
        IReadOnlyList<(string Key, double Weight)> declared,
        IConfiguration configuration,
        string section,
        TimeProvider time,
        ILogger logger)
    {
        _experimentName = experimentName;
        _salt = salt;
        _declared = declared;
        _configuration = configuration;
        _section = section;
        _logger = NonThrowingLogger.Of(logger);
        _current = new ConfigurationSnapshot<SubjectHashSelector>(configuration, section, ReadSelector, time, logger);
        if (!configuration.GetSection(section).Exists())
        {
            LogNoSection(experimentName, section);
        }
    }

    public VariantSelection Select(in SelectionContext context) => _current.Current.Select(context);

    private SubjectHashSelector ReadSelector()
    {
        try
        {
            return new SubjectHashSelector(_experimentName, _salt, Read());
        }
        catch (FormatException exception) when (_current is not null)
        {
            // Invalid weights are not read again until they change, unlike a section that cannot be read at all.
            LogUnusable(_experimentName, exception.Message);
            return _current.Current;
        }
    }

    private (string Key, double Weight)[] Read()
    {
        var section = _configuration.GetSection(_section);
        if (!string.IsNullOrEmpty(section.Value))
        {
            throw new FormatException($"Configuration key '{_section}' has the single value '{section.Value}'; expected a section with a weight for each variant key.");
        }

        foreach (var child in section.GetChildren())
        {
            if (!_declared.Any(variant => string.Equals(variant.Key, child.Key, StringComparison.OrdinalIgnoreCase)))
            {
                throw new FormatException(
                    $"Configuration key '{child.Path}' sets a weight for variant '{child.Key}', which does not exist. Use one of: {string.Join(", ", _declared.Select(variant => variant.Key))}.");
            }
        }

        var weights = _declared.Select(variant => (variant.Key, Weight(section[variant.Key], variant))).ToArray();
        return weights.Any(variant => variant.Item2 > 0)
            ? weights
            : throw new FormatException($"All weights at configuration key '{_section}' are 0: give at least one variant a weight above 0.");
    }

    private double Weight(string? text, (string Key, double Weight) variant) =>
        string.IsNullOrEmpty(text) ? variant.Weight
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var weight) && double.IsFinite(weight) && weight >= 0 ? weight
        : throw new FormatException($"Configuration value '{_section}:{variant.Key}' is '{text}'; expected a finite number of zero or more.");

    [LoggerMessage(16, LogLevel.Error, "The new weights of experiment {Experiment} are invalid, so the previous weights stay in force: {Error}", EventName = "WeightsInvalid")]
    private partial void LogUnusable(string experiment, string error);

    [LoggerMessage(17, LogLevel.Warning,
        "Experiment {Experiment} reads its weights from configuration section '{Section}', which does not exist. Until it does, the trial's weights are in force.", EventName = "WeightsSectionMissing")]
    private partial void LogNoSection(string experiment, string section);
}
