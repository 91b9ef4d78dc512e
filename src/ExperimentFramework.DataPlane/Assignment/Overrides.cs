using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Overrides for individual subjects, such as testers: those declared on the trial and, with precedence, those in a configuration
/// section, which is read again on the reloading thread when the configuration is reloaded.
/// </summary>
internal sealed partial class Overrides
{
    private readonly string _experimentName;
    private readonly IVariantSet _variants;
    private readonly AssignmentPolicy _policy;
    private readonly Dictionary<string, Decision> _declared;
    private readonly NonThrowingLogger _logger;
    private readonly LookupTables _declaredOnly;
    private readonly ConfigurationSnapshot<LookupTables>? _configured;
    private volatile bool _isCaseWarned;

    public Overrides(
        string experimentName,
        IVariantSet variants,
        AssignmentPolicy policy,
        IReadOnlyDictionary<string, string> declared,
        IConfiguration? configuration,
        string? section,
        TimeProvider time,
        ILogger logger)
    {
        _experimentName = experimentName;
        _variants = variants;
        _policy = policy;
        _declared = new Dictionary<string, Decision>(StringComparer.Ordinal);
        foreach (var (subjectId, variantKey) in declared)
        {
            _declared[WellFormedText.Of(subjectId)] = DecisionFor(variants.Find(variantKey)!, "override:trial");
        }

        _declaredOnly = new LookupTables(_declared);
        _logger = NonThrowingLogger.Of(logger);
        if (configuration is null || section is null)
        {
            return;
        }

        _configured = new ConfigurationSnapshot<LookupTables>(
            configuration, section, () => Read(configuration.GetSection(section), section), time, logger);
        if (!configuration.GetSection(section).GetChildren().Any())
        {
            LogNoSection(experimentName, section);
        }
    }

    /// <summary>Returns the decision for a subject that has an override; null for any other.</summary>
    public Decision? Find(in Subject subject)
    {
        if (subject.Id is null)
        {
            return null;
        }

        var current = _configured?.Current ?? _declaredOnly;
        if (current.BySubject.TryGetValue(subject.Id, out var decision))
        {
            return decision;
        }

        if (!_isCaseWarned && current.IgnoringCase.Contains(subject.Id))
        {
            WarnOfCase();
        }

        return null;
    }

    private void WarnOfCase()
    {
        _isCaseWarned = true;

        // Subject ids are never logged.
        LogOtherCase(_experimentName);
    }

    private LookupTables Read(IConfigurationSection section, string name)
    {
        var bySubject = new Dictionary<string, Decision>(_declared, StringComparer.Ordinal);

        // By path, because configuration treats an id that contains a colon as a path.
        foreach (var (subjectId, variantKey) in section.AsEnumerable(makePathsRelative: true))
        {
            if (subjectId.Length == 0 || string.IsNullOrEmpty(variantKey))
            {
                continue;
            }

            if (_variants.Find(variantKey) is { } variant)
            {
                bySubject[WellFormedText.Of(subjectId)] = DecisionFor(variant, $"configuration:{name}");
            }
            else
            {
                // The key is a subject id, and subject ids are never logged.
                LogUnknownVariant(_experimentName, name, variantKey, string.Join(", ", _variants.Keys));
            }
        }

        return new LookupTables(bySubject);
    }

    /// <summary>Creates the decision. The rule path does not name the subject, because the id must not appear next to its redacted form.</summary>
    private Decision DecisionFor(Variant variant, string rulePath) => new(variant, SelectionReasons.Override, rulePath, _policy, null);

    [LoggerMessage(13, LogLevel.Error,
        "Experiment {Experiment} ignores an override in configuration section '{Section}' because variant '{Variant}' does not exist. Use one of: {Variants}.", EventName = "OverrideUnknownVariant")]
    private partial void LogUnknownVariant(string experiment, string section, string variant, string variants);

    [LoggerMessage(23, LogLevel.Information,
        "Experiment {Experiment} reads overrides from configuration section '{Section}', which is empty. The section is read again at each reload.", EventName = "OverrideSectionMissing")]
    private partial void LogNoSection(string experiment, string section);

    [LoggerMessage(67, LogLevel.Warning,
        "Experiment {Experiment} has an override whose subject id differs from a call's id only in case, so it does not match. Write the id exactly as the application passes it.", EventName = "OverrideCaseMismatch")]
    private partial void LogOtherCase(string experiment);

    /// <summary>The decisions of the subjects that have overrides.</summary>
    private sealed record LookupTables(Dictionary<string, Decision> BySubject)
    {
        /// <summary>The same ids, compared case-insensitively.</summary>
        public HashSet<string> IgnoringCase { get; } = new(BySubject.Keys, StringComparer.OrdinalIgnoreCase);
    }
}
