using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.FeatureManagement;

namespace ExperimentFramework.DataPlane.FeatureManagement;

/// <summary>The allocation of one feature definition, with the selections that result from it.</summary>
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

    /// <summary>The definition; null if the feature is not defined.</summary>
    public FeatureDefinition? Definition { get; }

    /// <summary>Returns the selection of an allocated variant; the same instance each time.</summary>
    public VariantSelection Allocated(string variant) => Selection(variant, SelectionReasons.RuleMatch);

    /// <summary>Returns the selection of control, for a feature that allocates no variant.</summary>
    public VariantSelection NotAllocated(string controlKey) => Selection(controlKey, SelectionReasons.TrialSelection);

    private VariantSelection Selection(string variant, string reason) => _selections.TryGetValue(variant, out var existing) && existing.Reason == reason
        ? existing
        : _selections[variant] = new VariantSelection(variant, reason, _rulePath, _version) { Weights = _weights };

    /// <summary>Computes the weights from the percentiles; the remainder goes to the default variant. Null if there are no percentiles.</summary>
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

        var remainder = 100 - weights.Values.Sum();
        if (remainder > 0 && allocation.DefaultWhenEnabled is { } defaultVariant)
        {
            weights[defaultVariant] = weights.GetValueOrDefault(defaultVariant) + remainder;
        }

        return weights;
    }

    /// <summary>Computes the version: the first 64 bits of SHA-256 over everything that can move a subject to another variant.</summary>
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
