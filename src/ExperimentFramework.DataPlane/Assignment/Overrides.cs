using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// The variants of subjects that are named one by one, for testers: those that the trial names, and before them those of a
/// configuration section, whose reload is picked up.
/// </summary>
internal sealed partial class Overrides
{
    private readonly string _experimentName;
    private readonly IVariantSet _variants;
    private readonly AssignmentPolicy _policy;
    private readonly Dictionary<string, Decision> _declared;
    private readonly IConfiguration? _configuration;
    private readonly string? _section;
    private readonly QuietLogger _logger;
    private Snapshot _current;
    private volatile bool _isCaseWarned;

    public Overrides(
        string experimentName,
        IVariantSet variants,
        AssignmentPolicy policy,
        IReadOnlyDictionary<string, string> declared,
        IConfiguration? configuration,
        string? section,
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

        _configuration = configuration;
        _section = section;
        _logger = QuietLogger.Of(logger);
        _current = Read();
        if (section is not null && configuration?.GetSection(section).GetChildren().Any() == false)
        {
            LogNoSection(experimentName, section);
        }
    }

    /// <summary>The decision for a subject that is named; null for any other.</summary>
    public Decision? Find(in Subject subject)
    {
        var current = Volatile.Read(ref _current);
        if (current.Token?.HasChanged == true)
        {
            Volatile.Write(ref _current, current = Read());
        }

        if (subject.Id is null)
        {
            return null;
        }

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

    private Snapshot Read()
    {
        if (_configuration is null || _section is null)
        {
            return new Snapshot(null, _declared);
        }

        // The token first: a reload in between is then seen by the next call.
        var token = _configuration.GetReloadToken();
        var bySubject = new Dictionary<string, Decision>(_declared, StringComparer.Ordinal);

        // By paths, because an id with a colon in it is a path of the configuration.
        foreach (var (subjectId, variantKey) in _configuration.GetSection(_section).AsEnumerable(makePathsRelative: true))
        {
            if (subjectId.Length == 0 || string.IsNullOrEmpty(variantKey))
            {
                continue;
            }

            if (_variants.Find(variantKey) is { } variant)
            {
                bySubject[WellFormedText.Of(subjectId)] = DecisionFor(variant, $"configuration:{_section}");
            }
            else
            {
                // The key is a subject's id, which no log line holds.
                LogUnknownVariant(_experimentName, _section, variantKey, string.Join(", ", _variants.Keys));
            }
        }

        return new Snapshot(token, bySubject);
    }

    /// <summary>The rule path names no subject: what redaction leaves of a subject must not stand beside its id.</summary>
    private Decision DecisionFor(Variant variant, string rulePath) => new(variant, SelectionReasons.Override, rulePath, _policy, null);

    [LoggerMessage(13, LogLevel.Error,
        "Experiment {Experiment} leaves out an override of configuration section '{Section}': variant '{Variant}' does not exist (there are: {Variants}).")]
    private partial void LogUnknownVariant(string experiment, string section, string variant, string variants);

    [LoggerMessage(23, LogLevel.Information,
        "Experiment {Experiment} takes overrides from configuration section '{Section}', which has none; it is looked at again at each reload.")]
    private partial void LogNoSection(string experiment, string section);

    [LoggerMessage(67, LogLevel.Warning,
        "Experiment {Experiment} has an override whose subject id differs from the id of a call in case alone, so it does not match: ids are compared with regard to case. Write the id in the override as the application passes it.")]
    private partial void LogOtherCase(string experiment);

    private sealed record Snapshot(IChangeToken? Token, Dictionary<string, Decision> BySubject)
    {
        /// <summary>The same ids without regard to case.</summary>
        public HashSet<string> InAnyCase { get; } = new(BySubject.Keys, StringComparer.OrdinalIgnoreCase);
    }
}
