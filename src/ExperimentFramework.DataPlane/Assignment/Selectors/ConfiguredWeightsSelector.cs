using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// The weighted hash of the subject, with weights from a configuration section whose reload is picked up. A variant that the
/// section leaves out keeps the weight that the trial gives it. Weights that cannot be used leave those in force that were.
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

    /// <exception cref="FormatException">The weights cannot be used; the message says why.</exception>
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
            // Not to be read again until they change, unlike what cannot be read at all.
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
                    $"Configuration key '{child.Path}' gives a weight to variant '{child.Key}', which does not exist (there are: {string.Join(", ", _declared.Select(variant => variant.Key))}).");
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

    [LoggerMessage(16, LogLevel.Error, "The new weights of experiment {Experiment} cannot be used, so the old ones stay in force: {Fault}", EventName = "WeightsInvalid")]
    private partial void LogUnusable(string experiment, string fault);

    [LoggerMessage(17, LogLevel.Warning,
        "Experiment {Experiment} takes its weights from configuration section '{Section}', which does not exist; until it does, those of the trial are in force.", EventName = "WeightsSectionMissing")]
    private partial void LogNoSection(string experiment, string section);
}
