namespace ExperimentFramework.DataPlane;

/// <summary>Describes how a proxy resolves one of its variants.</summary>
/// <param name="Name">The variant's name in messages.</param>
/// <param name="Create">Resolves the variant from the proxy's scope.</param>
internal sealed record VariantSource<TService>(string Name, Func<IServiceProvider, TService> Create)
    where TService : class;
