using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>A call that registers an experiment without an interface.</summary>
internal sealed class NamedExperiment(IInvocationOperation call)
{
    private readonly TrialDescription? _description = TrialDescription.Of(call);

    /// <summary>Gets where the experiment is registered.</summary>
    public Location Place { get; } = TrialDescription.NameLocation(call);

    /// <summary>Gets the experiment's name; null if it is not a constant.</summary>
    public string? Name { get; } = TrialDescription.Constant(call, "name")?.Value as string;

    /// <summary>Gets the keys of all variants; null if unknown.</summary>
    public IReadOnlyList<string>? VariantKeys
    {
        get
        {
            var keys = _description is { IsComplete: true } ? _description.Variants.Select(variant => TrialDescription.Constant(variant, "key")?.Value as string).ToList() : [null];
            return keys.Contains(null) ? null : [.. keys.OfType<string>()];
        }
    }
}
