using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>A class that a container is asked for.</summary>
/// <param name="type">The class.</param>
/// <param name="location">Where it is named.</param>
/// <param name="uses">The types that the class is asked for within, or to build.</param>
internal sealed class InjectedClass(ITypeSymbol type, Location location, IReadOnlyList<ITypeSymbol> uses)
{
    public ITypeSymbol Type { get; } = type;

    public Location Location { get; } = location;

    /// <summary>Whether it is asked for by, or for, something that serves the interface: a variant may build on another one.</summary>
    public bool IsPartOf(ITypeSymbol service) => uses.Any(use => Serves(use, service));

    /// <summary>Whether a type is the interface, or implements it.</summary>
    public static bool Serves(ITypeSymbol type, ITypeSymbol service) =>
        type.AllInterfaces.Append(type).Any(candidate => SymbolEqualityComparer.Default.Equals(candidate.OriginalDefinition, service.OriginalDefinition));

    /// <summary>The type of a parameter, as it is written.</summary>
    public static Location PlaceOf(IParameterSymbol parameter, CancellationToken cancellationToken) =>
        parameter.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellationToken) is ParameterSyntax { Type: { } type } ? type.GetLocation()
        : parameter.Locations.FirstOrDefault() ?? Location.None;
}
