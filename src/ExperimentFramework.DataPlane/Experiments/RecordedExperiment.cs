using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace ExperimentFramework.DataPlane;

/// <summary>An experiment whose exposures are recorded although its decisions were made elsewhere.</summary>
internal sealed class RecordedExperiment(
    string name, IVariantSet variants, AssignmentPolicy policy, ExposureRecorder exposures, AssignmentRecorder assignments, FaultLatch unknownVariant)
{
    /// <summary>The maximum number of decisions kept for reuse: code that reports few variants, rules and versions allocates nothing.</summary>
    private const int MaxInterned = 1_000;

    /// <summary>The maximum number of weights, which all go into one event.</summary>
    private const int MaxWeights = 1_000;

    private readonly BoundedDictionary<(int Variant, string Reason, string? RulePath, string? AllocationVersion), Decision> _interned = new(MaxInterned);

    private volatile Allocation? _declared;

    public string Name => name;

    public IVariantSet Variants => variants;

    public ExposureRecorder Exposures => exposures;

    /// <summary>Whether a variant was reported that the experiment does not have.</summary>
    public FaultLatch UnknownVariant => unknownVariant;

    /// <summary>Returns the decision that was made elsewhere, and declares its weights; null if the experiment has no such variant.</summary>
    /// <exception cref="ArgumentException">The weights are invalid.</exception>
    public Decision? Find(in DecidedExposure exposure)
    {
        if (variants.Find(exposure.VariantKey) is not { } variant)
        {
            return null;
        }

        var version = Cleaned(exposure.AllocationVersion);
        return Interned(variant, Cleaned(exposure.Reason), Cleaned(exposure.RulePath), exposure.Weights is { } weights ? Declare(weights, variant, version, nameof(exposure)) : version);
    }

    /// <summary>Removes what this process remembers about the subject.</summary>
    public void Forget(in Subject subject)
    {
        exposures.Forget(subject);
        assignments.Forget(subject);
    }

    [return: NotNullIfNotNull(nameof(text))]
    private static string? Cleaned(string? text) => WellFormedText.Of(PrintableText.Sanitize(text));

    /// <summary>Declares how the experiment is split, unless that has just been declared.</summary>
    /// <returns>The version of the weights; the given one if they cannot be read.</returns>
    private string? Declare(IReadOnlyDictionary<string, double> weights, Variant served, string? version, string parameter)
    {
        if (_declared is { } last && ReferenceEquals(last.Weights, weights) && (version is null || version == last.Version))
        {
            RequireWeight(last.Own, served, parameter);
            return last.Version;
        }

        if (Copy(weights) is not { } copy)
        {
            return version;
        }

        if (copy.Count > MaxWeights)
        {
            throw Invalid(string.Create(CultureInfo.InvariantCulture, $"has more than {MaxWeights} weights. Pass one for each variant"), parameter);
        }

        var own = new SortedDictionary<string, double>(StringComparer.Ordinal);
        foreach (var (key, weight) in copy)
        {
            var ownKey = KeyOf(key, parameter);
            own[ownKey] = own.GetValueOrDefault(ownKey) + weight;
        }

        Validate(own, parameter);
        RequireWeight(own, served, parameter);
        version ??= SubjectHashSelector.AllocationVersion(salt: null, [.. own.Select(weight => (weight.Key, weight.Value))]);
        assignments.OnSelected(new VariantSelection(own.Keys.First(), SelectionReasons.DecidedElsewhere, allocationVersion: version) { Weights = own });
        _declared = new Allocation(weights, own, version);
        return version;
    }

    /// <summary>Copies weights that belong to the caller; null if the caller changed them or their dictionary threw meanwhile.</summary>
    private static List<KeyValuePair<string, double>>? Copy(IReadOnlyDictionary<string, double> weights)
    {
        try
        {
            return [.. weights.Take(MaxWeights + 1)];
        }
        catch (Exception)
        {
            return null;
        }
    }

    /// <summary>Returns the key of a weight as exposures spell it. A misspelt one would declare a variant to which no subject can be assigned, which looks like a sample ratio mismatch.</summary>
    private string KeyOf(string? key, string parameter) =>
        NameRules.Validate(key ?? "") is { } error ? throw Invalid($"has a weight for variant '{PrintableText.Sanitize(key)}', which {error}. Correct the key", parameter)
        : variants.Find(key!) is { } variant ? variant.Key
        : throw Invalid($"has a weight for variant '{key}', which does not exist. Use one of: {string.Join(", ", variants.Keys.Take(100))}", parameter);

    private void RequireWeight(SortedDictionary<string, double> weights, Variant served, string parameter)
    {
        if (!weights.TryGetValue(served.Key, out var weight) || weight <= 0)
        {
            throw Invalid($"has no weight above 0 for '{served.Key}', which was served. Pass null for a subject that was not assigned at random", parameter);
        }
    }

    private ArgumentException Invalid(string problem, string parameter) =>
        new($"{nameof(DecidedExposure)}.{nameof(DecidedExposure.Weights)} of experiment '{name}' {problem}.", parameter);

    private void Validate(SortedDictionary<string, double> weights, string parameter)
    {
        foreach (var (key, weight) in weights.Where(weight => !double.IsFinite(weight.Value) || weight.Value < 0))
        {
            throw Invalid(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"has {weight} for variant '{key}'; it must be a finite number of zero or more. Pass the weights that the code that decided splits by"),
                parameter);
        }

        if (weights.Values.All(weight => weight == 0))
        {
            throw Invalid("has no weight above 0. Pass the weights that the code that decided splits by, or null if it does not split", parameter);
        }
    }

    private Decision Interned(Variant variant, string reason, string? rulePath, string? allocationVersion)
    {
        var key = (variant.Id, reason, rulePath, allocationVersion);
        if (_interned.TryGetValue(key, out var decision))
        {
            return decision;
        }

        decision = new Decision(variant, reason, rulePath, policy, allocationVersion);
        return _interned.IsFull ? decision : _interned.GetOrAdd(key, decision);
    }

    /// <param name="Weights">The weights, which the caller owns.</param>
    /// <param name="Own">A copy, with the keys that exposures use.</param>
    /// <param name="Version">Their version.</param>
    private sealed record Allocation(IReadOnlyDictionary<string, double> Weights, SortedDictionary<string, double> Own, string Version);
}
