using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>A place where code logs exposures explicitly, or could.</summary>
/// <param name="service">The interface whose <c>IExposureLogger</c> is used; null if unknown.</param>
/// <param name="location">The location of the method's name.</param>
/// <param name="isCall">Whether the method is called here, rather than passed on.</param>
/// <param name="experiment">The name by which the experiment is meant; null if unknown, or if an interface is meant.</param>
internal sealed class LoggingUse(ITypeSymbol? service, Location location, bool isCall, string? experiment = null)
{
    public ITypeSymbol? Service { get; } = service;

    public Location Location { get; } = location;

    public bool IsCall { get; } = isCall;

    /// <summary>Returns whether the use may concern an experiment of an interface: a type parameter can be any type that callers choose.</summary>
    public bool MayBeFor(ITypeSymbol service, string? name) =>
        Service is null ? MayBeFor(name)
        : OpenGenericType.FindParameter(Service) is not null || SymbolEqualityComparer.Default.Equals(Service, service);

    /// <summary>Returns whether the use may concern an experiment without an interface.</summary>
    /// <param name="name">The experiment's name; null if unknown.</param>
    public bool MayBeFor(string? name) => Service is null && (experiment is null || name is null || experiment == name);
}
