using System.Collections.Immutable;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>An interface with its <c>[ExposureLogged]</c>, as analyzers see it.</summary>
/// <param name="type">The interface.</param>
/// <param name="attribute">Its attribute.</param>
internal sealed class TaggedInterface(INamedTypeSymbol type, AttributeData attribute)
{
    public INamedTypeSymbol Type { get; } = type;

    public AttributeData Attribute { get; } = attribute;

    /// <summary>The experiment's name where no registration gives it another; null where it depends on a type parameter.</summary>
    public string? ExperimentName => Attribute.ConstructorArguments.FirstOrDefault().Value as string ?? DefaultName();

    /// <summary>What the attribute says of semantics; null where it says nothing.</summary>
    public int? Semantics => TryGet("Semantics", out int semantics) ? semantics : null;

    /// <summary>The tagged interface behind a symbol; null for anything else.</summary>
    public static TaggedInterface? Of(ISymbol symbol, INamedTypeSymbol tag) =>
        symbol is INamedTypeSymbol { TypeKind: TypeKind.Interface } type
        && type.GetAttributes().FirstOrDefault(attribute => SymbolEqualityComparer.Default.Equals(attribute.AttributeClass, tag)) is { } found
            ? new TaggedInterface(type, found)
            : null;

    /// <summary>The interface's name where it is tagged: a member may be inherited from another compilation.</summary>
    public Location Location(CancellationToken cancellationToken) =>
        Attribute.ApplicationSyntaxReference?.GetSyntax(cancellationToken).FirstAncestorOrSelf<InterfaceDeclarationSyntax>() is { } declaration
            ? declaration.Identifier.GetLocation()
            : Type.Locations[0];

    /// <summary>The members whose calls are exposures.</summary>
    public IEnumerable<ISymbol> ExposingMembers(Compilation compilation)
    {
        TryGet("ExposeProperties", out bool exposeProperties);
        return new InterfaceSlots(Type.OriginalDefinition, compilation).Slots
            .Where(member => Generators.Shapes.ExposingMembers.IsExposing(member, exposeProperties));
    }

    /// <summary>The members whose calls are exposures of a subject that no parameter names.</summary>
    public IEnumerable<ISymbol> MembersWithoutSubject(Compilation compilation) => ExposingMembers(compilation).Where(member => !HasSubject(member));

    /// <summary>The parameters of a method or an indexer.</summary>
    public static ImmutableArray<IParameterSymbol> ParametersOf(ISymbol member) => member switch
    {
        IMethodSymbol method => method.Parameters,
        IPropertySymbol property => property.Parameters,
        _ => [],
    };

    /// <summary>Whether a parameter names the subject.</summary>
    public static bool HasSubject(ISymbol member) =>
        ParametersOf(member).Any(parameter => SymbolName.Attribute(parameter, WellKnownNames.ExposureSubject) is not null);

    /// <summary>The value of a named argument, where it is said.</summary>
    public bool TryGet<T>(string argument, out T value)
    {
        foreach (var (name, constant) in Attribute.NamedArguments.Select(pair => (pair.Key, pair.Value)))
        {
            if (name == argument && constant.Value is T said)
            {
                value = said;
                return true;
            }
        }

        value = default!;
        return false;
    }

    /// <summary>Where an argument of an attribute stands: a named one by its name, the constructor's by null.</summary>
    public static Location ArgumentLocation(AttributeData attribute, string? argument, CancellationToken cancellationToken)
    {
        if (attribute.ApplicationSyntaxReference?.GetSyntax(cancellationToken) is not AttributeSyntax syntax)
        {
            return Microsoft.CodeAnalysis.Location.None;
        }

        var said = syntax.ArgumentList?.Arguments.FirstOrDefault(candidate => candidate.NameEquals?.Name.Identifier.ValueText == argument);
        return (said?.Expression ?? (SyntaxNode)syntax).GetLocation();
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
