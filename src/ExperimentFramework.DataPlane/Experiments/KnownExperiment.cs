using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane;

/// <summary>What is known about a registered experiment without starting it.</summary>
/// <param name="Name">The experiment's name.</param>
/// <param name="VariantKeys">The keys of its variants, control first; null if the selector may return any.</param>
/// <param name="Service">The tagged interface; null for an experiment without one.</param>
/// <param name="Lifetime">The lifetime of its <see cref="ExperimentScope"/>.</param>
/// <param name="NeedsScope">Whether the experiment keeps state per dependency injection scope.</param>
internal sealed record KnownExperiment(string Name, IReadOnlyList<string>? VariantKeys, Type? Service, ServiceLifetime Lifetime, bool NeedsScope)
{
    /// <summary>Whether the experiment's proxy is what the container resolves for <see cref="Service"/> without a key, unless a later one is.</summary>
    public bool OwnsService { get; init; }

    /// <summary>The values that its variants declare; null if they declare none.</summary>
    public DeclaredValues? Values { get; init; }
}
