namespace ExperimentFramework.DataPlane;

/// <summary>Where a proxy gets something that it serves.</summary>
/// <param name="Name">What it is, for messages.</param>
/// <param name="Create">Resolves it from the proxy's scope.</param>
internal sealed record VariantSource<TService>(string Name, Func<IServiceProvider, TService> Create)
    where TService : class;
