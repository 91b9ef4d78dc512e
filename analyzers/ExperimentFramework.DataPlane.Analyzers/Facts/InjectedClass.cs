using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>A class that code requests from the container.</summary>
/// <param name="type">The class.</param>
/// <param name="location">Where the class is named.</param>
/// <param name="uses">The types that request the class, or that are created with it.</param>
internal sealed class InjectedClass(ITypeSymbol type, Location location, IReadOnlyList<ITypeSymbol> uses)
{
    public ITypeSymbol Type { get; } = type;

    public Location Location { get; } = location;

    /// <summary>Returns whether the class is requested by or for an implementation of the interface: a variant may build on another variant.</summary>
    public bool IsPartOf(ITypeSymbol service) => uses.Any(use => Serves(use, service));

    /// <summary>Returns whether a type is the interface or implements it.</summary>
    public static bool Serves(ITypeSymbol type, ITypeSymbol service) =>
        type.AllInterfaces.Append(type).Any(candidate => SymbolEqualityComparer.Default.Equals(candidate.OriginalDefinition, service.OriginalDefinition));

    /// <summary>Returns the location of a parameter's type in source.</summary>
    public static Location PlaceOf(IParameterSymbol parameter, CancellationToken cancellationToken) =>
        parameter.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellationToken) is ParameterSyntax { Type: { } type } ? type.GetLocation()
        : parameter.Locations.FirstOrDefault() ?? Location.None;
}
