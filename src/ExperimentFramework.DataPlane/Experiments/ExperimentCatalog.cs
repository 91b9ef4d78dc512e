using System.Collections.Frozen;

namespace ExperimentFramework.DataPlane;

/// <summary>The registered experiments by name and by tagged interface, in the order of registration.</summary>
internal sealed class ExperimentCatalog
{
    private readonly KnownExperiment[] _experiments;
    private readonly FrozenDictionary<string, int> _byName;
    private readonly Dictionary<Type, int> _byService;

    public ExperimentCatalog(IEnumerable<KnownExperiment> experiments)
    {
        _experiments = [.. experiments];
        _byName = _experiments.Index().ToFrozenDictionary(known => known.Item.Name, known => known.Index, StringComparer.Ordinal);
        _byService = _experiments.Index()
            .Where(known => known.Item.Service is not null)
            .GroupBy(known => known.Item.Service!)
            .ToDictionary(experiments => experiments.Key, Owner);
    }

    public int Count => _experiments.Length;

    public KnownExperiment this[int index] => _experiments[index];

    /// <summary>Returns whether an experiment has that name.</summary>
    public bool Contains(string experiment) => _byName.ContainsKey(experiment);

    /// <summary>Returns the index of an experiment.</summary>
    /// <exception cref="ArgumentException">No experiment has that name; the message names the registered ones.</exception>
    public int IndexOf(string experiment) => _byName.TryGetValue(experiment, out var index) ? index : throw Unknown(experiment);

    /// <summary>Returns the index of the experiment whose proxy is resolved as an interface without a key, or of the interface's only experiment.</summary>
    /// <exception cref="ArgumentException">There is no such experiment; the message says why.</exception>
    public int IndexOf(Type service) => _byService.TryGetValue(service, out var index) && index >= 0 ? index : throw WithoutExperiment(service);

    /// <summary>Returns the index of the experiment that an interface stands for; -1 if there are several and it stands for none.</summary>
    private static int Owner(IEnumerable<(int Index, KnownExperiment Item)> candidates) =>
        candidates.LastOrDefault(known => known.Item.OwnsService) is { Item: not null } owner ? owner.Index
        : candidates.ToArray() is [var only] ? only.Index
        : -1;

    private ArgumentException WithoutExperiment(Type service)
    {
        var candidates = _experiments.Where(known => known.Service == service).ToArray();
        return new ArgumentException(candidates.Length == 0
            ? $"{service} has no experiment. Add Trial<{CSharpTypeName.Of(service)}>(...) to AddExperimentFramework, or call AddExposureLogging<{CSharpTypeName.Of(service)}>(...)."
            : $"{service} has several experiments ({string.Join(", ", candidates.Select(known => known.Name))}), and none of their proxies is resolved without a key. Call Decide(name).");
    }

    private ArgumentException Unknown(string experiment)
    {
        var similar = _experiments.FirstOrDefault(known => TypoDetector.IsLikelyTypoOf(experiment, known.Name));
        return new ArgumentException(
            $"No experiment is named '{PrintableText.Sanitize(experiment)}'. "
            + (similar is not null ? $"Did you mean '{similar.Name}'? " : "")
            + (_experiments.Length == 0 ? "None is registered: call AddExperimentFramework." : $"Registered: {string.Join(", ", _experiments.Select(known => known.Name))}. Names are case-sensitive."),
            nameof(experiment));
    }
}
