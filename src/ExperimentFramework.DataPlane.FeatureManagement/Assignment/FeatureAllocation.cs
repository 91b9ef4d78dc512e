using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.FeatureManagement;

namespace ExperimentFramework.DataPlane.FeatureManagement;

/// <summary>The allocation of one feature definition, with the selections that result from it.</summary>
/// <remarks>Only an allocation by percentiles is random. A selection by user, by group or by the default of a disabled feature has neither version nor weights, so that no analysis treats it as random.</remarks>
internal sealed class FeatureAllocation
{
    /// <summary>The filter that the feature manager creates for <c>"enabled": true</c>.</summary>
    private const string AlwaysOn = "AlwaysOn";

    private readonly ConcurrentDictionary<(string Variant, string Reason, bool IsDrawn), VariantSelection> _selections = new();
    private readonly string _rulePath;
    private readonly string? _version;
    private readonly Dictionary<string, double>? _weights;
    private readonly HashSet<string> _users = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _groups = new(StringComparer.OrdinalIgnoreCase);

    public FeatureAllocation(string feature, FeatureDefinition? definition)
    {
        Definition = definition;
        _rulePath = $"feature-management:{feature}";
        if (definition?.Allocation is not { } allocation || WeightsOf(definition, allocation) is not { } weights || !IsDrawnFrom(weights, definition, allocation))
        {
            return;
        }

        _version = VersionOf(definition, allocation, weights);
        _weights = weights;
        _users.UnionWith((allocation.User ?? []).SelectMany(static user => user.Users ?? []));
        _groups.UnionWith((allocation.Group ?? []).SelectMany(static group => group.Groups ?? []));
    }

    /// <summary>The definition; null if the feature is not defined.</summary>
    public FeatureDefinition? Definition { get; }

    /// <summary>The version of the allocation; null if it draws nobody at random.</summary>
    public string? Version => _version;

    /// <summary>Returns the selection of a variant that was allocated to a subject; the same instance each time.</summary>
    public VariantSelection Allocated(string variant, in SelectionContext context) =>
        Selection(variant, SelectionReasons.RuleMatch, isDrawn: _weights is { } weights && weights.ContainsKey(variant) && !IsTargeted(context));

    /// <summary>Returns the selection of control, for a feature that allocates no variant.</summary>
    public VariantSelection NotAllocated(string controlKey) => Selection(controlKey, SelectionReasons.TrialSelection, isDrawn: false);

    private VariantSelection Selection(string variant, string reason, bool isDrawn) => _selections.TryGetValue((variant, reason, isDrawn), out var existing)
        ? existing
        : _selections[(variant, reason, isDrawn)] = new VariantSelection(variant, reason, _rulePath, isDrawn ? _version : null) { Weights = isDrawn ? _weights : null };

    /// <summary>Whether a user or a group may name the subject. Case sensitivity is an option of the feature manager, so that a subject in doubt counts as named.</summary>
    private bool IsTargeted(in SelectionContext context) =>
        (_users.Count > 0 && _users.Contains(context.SubjectId!)) || (_groups.Count > 0 && context.TenantId is { } tenant && _groups.Contains(tenant));

    /// <summary>Whether a variant with a weight can only come from a draw: the default of a feature that filters switch off looks like one.</summary>
    private static bool IsDrawnFrom(Dictionary<string, double> weights, FeatureDefinition definition, Microsoft.FeatureManagement.Allocation allocation)
    {
        var filters = definition.EnabledFor?.ToArray() ?? [];
        return definition.Status != FeatureStatus.Disabled
            && filters.Length > 0
            && (Array.TrueForAll(filters, static filter => string.Equals(filter.Name, AlwaysOn, StringComparison.OrdinalIgnoreCase))
                || allocation.DefaultWhenDisabled is not { } disabled
                || !weights.ContainsKey(disabled));
    }

    /// <summary>
    /// Computes the weights from the percentiles, the first of which wins where they overlap; the remainder goes to the default variant. Percentiles that allocate no variant have no weight. Null if fewer than two variants have one.
    /// </summary>
    private static Dictionary<string, double>? WeightsOf(FeatureDefinition definition, Microsoft.FeatureManagement.Allocation allocation)
    {
        var percentiles = allocation.Percentile?.ToArray() ?? [];
        if (percentiles.Length == 0)
        {
            return null;
        }

        var weights = new Dictionary<string, double>(StringComparer.Ordinal);
        double[] bounds = [0, .. percentiles.SelectMany(static percentile => new[] { percentile.From, percentile.To }).Where(static bound => bound is > 0 and < 100).Order(), 100];
        for (var index = 1; index < bounds.Length; index++)
        {
            var (low, high) = (bounds[index - 1], bounds[index]);
            var variant = Array.Find(percentiles, percentile => percentile.From <= low && percentile.To >= high)?.Variant ?? allocation.DefaultWhenEnabled;
            if (high > low && variant is not null && definition.Variants?.Any(defined => defined.Name == variant) == true)
            {
                weights[variant] = weights.GetValueOrDefault(variant) + high - low;
            }
        }

        return weights.Count < 2 ? null : weights;
    }

    /// <summary>Computes the version: the first 64 bits of SHA-256 over everything that can move a subject to another variant.</summary>
    private static string VersionOf(FeatureDefinition definition, Microsoft.FeatureManagement.Allocation allocation, Dictionary<string, double> weights)
    {
        var text = new StringBuilder();
        Append(definition.Status.ToString(), allocation.Seed, allocation.DefaultWhenEnabled, allocation.DefaultWhenDisabled);
        foreach (var percentile in allocation.Percentile ?? [])
        {
            Append("percentile", percentile.Variant, Number(percentile.From), Number(percentile.To));
        }

        foreach (var group in allocation.Group ?? [])
        {
            Append(["group", group.Variant, .. group.Groups]);
        }

        foreach (var user in allocation.User ?? [])
        {
            Append(["user", user.Variant, .. user.Users]);
        }

        // Percentiles may name a variant that is not defined yet, so the weights do not follow from them alone.
        foreach (var (variant, weight) in weights.OrderBy(static weight => weight.Key, StringComparer.Ordinal))
        {
            Append("weight", variant, Number(weight));
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())).AsSpan(0, sizeof(ulong)));

        void Append(params string?[] parts)
        {
            foreach (var part in parts)
            {
                text.Append(CultureInfo.InvariantCulture, $"{part?.Length ?? -1}:{part}");
            }

            text.Append('\n');
        }
    }

    private static string Number(double number) => number.ToString("R", CultureInfo.InvariantCulture);
}
