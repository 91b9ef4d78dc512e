using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>A call that registers an experiment without an interface.</summary>
internal sealed class NamedExperiment(IInvocationOperation call)
{
    /// <summary>How messages name an experiment whose name is not a constant.</summary>
    public const string Call = "Experiment(...)";

    /// <summary>Gets what the lambda of the call describes; null if there is no lambda.</summary>
    public TrialDescription? Description { get; } = TrialDescription.Of(call);

    /// <summary>Gets where the experiment is registered.</summary>
    public Location Place { get; } = TrialDescription.NameLocation(call);

    /// <summary>Gets the builder that the call adds to, which is equal for all calls that certainly add to the same builder; null if unknown.</summary>
    public object? Builder { get; } = ReceivingBuilder.Of(call);

    /// <summary>Gets the experiment's name; null if it is not a constant.</summary>
    public string? Name { get; } = NameOf(call);

    /// <summary>Gets the keys of all variants; null if unknown.</summary>
    public IReadOnlyList<string>? VariantKeys => Description?.VariantKeys;

    /// <summary>Returns the name in a call that registers an experiment without an interface; null if it is not a constant.</summary>
    public static string? NameOf(IInvocationOperation call) => TrialDescription.Constant(call, "name")?.Value as string;
}
