using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.FeatureManagement;

namespace ExperimentFramework.DataPlane.FeatureManagement;

/// <summary>What one definition of a feature says of the split, with the answers that come of it.</summary>
internal sealed class FeatureAllocation
{
    private readonly ConcurrentDictionary<string, VariantSelection> _selections = new(StringComparer.Ordinal);
    private readonly string _rulePath;
    private readonly string? _version;
    private readonly Dictionary<string, double>? _weights;

    public FeatureAllocation(string feature, FeatureDefinition? definition)
    {
        Definition = definition;
        _rulePath = $"feature-management:{feature}";
        if (definition?.Allocation is { } allocation)
        {
            _version = VersionOf(definition, allocation);
            _weights = WeightsOf(allocation);
        }
    }

    /// <summary>The definition; null where the feature is not defined.</summary>
    public FeatureDefinition? Definition { get; }

    /// <summary>The answer that a variant was allocated; the same instance each time.</summary>
    public VariantSelection Allocated(string variant) => Selection(variant, SelectionReasons.RuleMatch);

    /// <summary>The answer that the feature allocates nothing, so that control is served.</summary>
    public VariantSelection NotAllocated(string controlKey) => Selection(controlKey, SelectionReasons.TrialSelection);

    private VariantSelection Selection(string variant, string reason) => _selections.TryGetValue(variant, out var known) && known.Reason == reason
        ? known
        : _selections[variant] = new VariantSelection(variant, reason, _rulePath, _version) { Weights = _weights };

    /// <summary>The percentiles of each variant; what they leave over goes to the default. Null where there are none.</summary>
    private static Dictionary<string, double>? WeightsOf(Microsoft.FeatureManagement.Allocation allocation)
    {
        var weights = new Dictionary<string, double>(StringComparer.OrdinalIgnoreCase);
        foreach (var percentile in allocation.Percentile ?? [])
        {
            weights[percentile.Variant] = weights.GetValueOrDefault(percentile.Variant) + percentile.To - percentile.From;
        }

        if (weights.Count == 0)
        {
            return null;
        }

        var left = 100 - weights.Values.Sum();
        if (left > 0 && allocation.DefaultWhenEnabled is { } rest)
        {
            weights[rest] = weights.GetValueOrDefault(rest) + left;
        }

        return weights;
    }

    /// <summary>The first 64 bits of SHA-256 over everything that moves a subject from one variant to another.</summary>
    private static string VersionOf(FeatureDefinition definition, Microsoft.FeatureManagement.Allocation allocation)
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
