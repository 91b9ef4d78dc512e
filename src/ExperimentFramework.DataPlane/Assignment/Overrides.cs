using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// The variants of subjects that are named one by one, for testers: those that the trial names, and before them those of a
/// configuration section, which is read again when the configuration is reloaded, by the thread that reloads it.
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

    /// <summary>The decision for a subject that is named; null for any other.</summary>
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

        if (!_isCaseWarned && current.InAnyCase.Contains(subject.Id))
        {
            WarnOfCase();
        }

        return null;
    }

    private void WarnOfCase()
    {
        _isCaseWarned = true;

        // The id is a subject's, which no log line holds.
        LogOtherCase(_experimentName);
    }

    private LookupTables Read(IConfigurationSection section, string name)
    {
        var bySubject = new Dictionary<string, Decision>(_declared, StringComparer.Ordinal);

        // By paths, because an id with a colon in it is a path of the configuration.
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
                // The key is a subject's id, which no log line holds.
                LogUnknownVariant(_experimentName, name, variantKey, string.Join(", ", _variants.Keys));
            }
        }

        return new LookupTables(bySubject);
    }

    /// <summary>The rule path names no subject: what redaction leaves of a subject must not stand beside its id.</summary>
    private Decision DecisionFor(Variant variant, string rulePath) => new(variant, SelectionReasons.Override, rulePath, _policy, null);

    [LoggerMessage(13, LogLevel.Error,
        "Experiment {Experiment} leaves out an override of configuration section '{Section}': variant '{Variant}' does not exist (there are: {Variants}).", EventName = "OverrideUnknownVariant")]
    private partial void LogUnknownVariant(string experiment, string section, string variant, string variants);

    [LoggerMessage(23, LogLevel.Information,
        "Experiment {Experiment} takes overrides from configuration section '{Section}', which has none; it is looked at again at each reload.", EventName = "OverrideSectionMissing")]
    private partial void LogNoSection(string experiment, string section);

    [LoggerMessage(67, LogLevel.Warning,
        "Experiment {Experiment} has an override whose subject id differs from the id of a call in case alone, so it does not match: ids are compared with regard to case. Write the id in the override as the application passes it.", EventName = "OverrideCaseMismatch")]
    private partial void LogOtherCase(string experiment);

    /// <summary>The decisions of named subjects.</summary>
    private sealed record LookupTables(Dictionary<string, Decision> BySubject)
    {
        /// <summary>The same ids without regard to case.</summary>
        public HashSet<string> InAnyCase { get; } = new(BySubject.Keys, StringComparer.OrdinalIgnoreCase);
    }
}
