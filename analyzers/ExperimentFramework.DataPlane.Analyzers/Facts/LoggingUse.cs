using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>A place that logs exposures by hand, or that could.</summary>
/// <param name="service">The interface that <c>IExposureLogger</c> is for; null where it cannot be known.</param>
/// <param name="location">The name of the method.</param>
/// <param name="isCall">Whether it is called here, not handed on.</param>
internal sealed class LoggingUse(ITypeSymbol? service, Location location, bool isCall)
{
    public ITypeSymbol? Service { get; } = service;

    public Location Location { get; } = location;

    public bool IsCall { get; } = isCall;

    /// <summary>Whether it may be for an interface: a type parameter stands for whatever its callers name.</summary>
    public bool MayBeFor(ITypeSymbol service) =>
        Service is null || OpenGenericType.FindParameter(Service) is not null || SymbolEqualityComparer.Default.Equals(Service, service);
}
