using System.Collections.Immutable;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>An interface with its <c>[ExposureLogged]</c> attribute.</summary>
/// <param name="type">The interface.</param>
/// <param name="attribute">Its attribute.</param>
internal sealed class TaggedInterface(INamedTypeSymbol type, AttributeData attribute)
{
    public INamedTypeSymbol Type { get; } = type;

    public AttributeData Attribute { get; } = attribute;

    /// <summary>Gets the experiment's name, unless a registration gives it another; null if it depends on a type parameter.</summary>
    public string? ExperimentName => Attribute.ConstructorArguments.FirstOrDefault().Value as string ?? DefaultName();

    /// <summary>Gets the semantics that the attribute sets; null if it sets none.</summary>
    public int? Semantics => TryGet("Semantics", out int semantics) ? semantics : null;

    /// <summary>Returns the tagged interface that a symbol is; null if it is none.</summary>
    public static TaggedInterface? Of(ISymbol symbol, INamedTypeSymbol tag) =>
        symbol is INamedTypeSymbol { TypeKind: TypeKind.Interface } type
        && type.GetAttributes().FirstOrDefault(attribute => SymbolEqualityComparer.Default.Equals(attribute.AttributeClass, tag)) is { } found
            ? new TaggedInterface(type, found)
            : null;

    /// <summary>Returns the location of the interface's name in the declaration with the attribute.</summary>
    public Location Location(CancellationToken cancellationToken) =>
        Attribute.ApplicationSyntaxReference?.GetSyntax(cancellationToken).FirstAncestorOrSelf<InterfaceDeclarationSyntax>() is { } declaration
            ? declaration.Identifier.GetLocation()
            : Type.Locations[0];

    /// <summary>Returns the members whose calls are exposures.</summary>
    public IEnumerable<ISymbol> ExposingMembers(Compilation compilation)
    {
        TryGet("ExposeProperties", out bool exposeProperties);
        return new InterfaceSlots(Type.OriginalDefinition, compilation).Slots
            .Where(member => Generators.Shapes.ExposingMembers.IsExposing(member, exposeProperties));
    }

    /// <summary>Returns the exposing members without a subject parameter.</summary>
    public IEnumerable<ISymbol> MembersWithoutSubject(Compilation compilation) => ExposingMembers(compilation).Where(member => !HasSubject(member));

    /// <summary>Returns the parameters of a method or an indexer.</summary>
    public static ImmutableArray<IParameterSymbol> ParametersOf(ISymbol member) => member switch
    {
        IMethodSymbol method => method.Parameters,
        IPropertySymbol property => property.Parameters,
        _ => [],
    };

    /// <summary>Returns whether a member has a subject parameter.</summary>
    public static bool HasSubject(ISymbol member) =>
        ParametersOf(member).Any(parameter => SymbolName.Attribute(parameter, WellKnownNames.ExposureSubject) is not null);

    /// <summary>Gets the value of a named argument if it is set.</summary>
    public bool TryGet<T>(string argument, out T value)
    {
        foreach (var (name, constant) in Attribute.NamedArguments.Select(pair => (pair.Key, pair.Value)))
        {
            if (name == argument && constant.Value is T found)
            {
                value = found;
                return true;
            }
        }

        value = default!;
        return false;
    }

    /// <summary>Returns the location of an attribute's argument: of a named argument by its name, of the constructor's argument by null.</summary>
    public static Location ArgumentLocation(AttributeData attribute, string? argument, CancellationToken cancellationToken)
    {
        if (attribute.ApplicationSyntaxReference?.GetSyntax(cancellationToken) is not AttributeSyntax syntax)
        {
            return Microsoft.CodeAnalysis.Location.None;
        }

        var found = syntax.ArgumentList?.Arguments.FirstOrDefault(candidate => candidate.NameEquals?.Name.Identifier.ValueText == argument);
        return (found?.Expression ?? (SyntaxNode)syntax).GetLocation();
    }

    private string? DefaultName()
    {
        var arguments = new List<ITypeSymbol>();
        for (var type = Type; type is not null; type = type.ContainingType)
        {
            arguments.InsertRange(0, type.TypeArguments);
        }

        return arguments.Count == 0 ? Type.Name
            : arguments.All(argument => argument is INamedTypeSymbol) ? $"{Type.Name}<{string.Join(", ", arguments.Select(argument => argument.MetadataName))}>"
            : null;
    }
}
