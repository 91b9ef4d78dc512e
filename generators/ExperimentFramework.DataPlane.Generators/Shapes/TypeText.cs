using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ExperimentFramework.DataPlane.Generators.Shapes;

/// <summary>Types as C# that means the same wherever it stands.</summary>
/// <param name="renamed">Type parameters that cannot keep their names, with those they get.</param>
internal sealed class TypeText(IReadOnlyDictionary<ISymbol, string>? renamed = null)
{
    private static readonly SymbolDisplayFormat Format = SymbolDisplayFormat.FullyQualifiedFormat.WithMiscellaneousOptions(
        SymbolDisplayMiscellaneousOptions.EscapeKeywordIdentifiers
        | SymbolDisplayMiscellaneousOptions.UseSpecialTypes
        | SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);

    private readonly Dictionary<ITypeSymbol, string> _written = new(SymbolEqualityComparer.IncludeNullability);

    public string Of(ITypeSymbol type) => type switch
    {
        ITypeParameterSymbol { NullableAnnotation: not NullableAnnotation.Annotated } parameter => Of(parameter),
        { SpecialType: SpecialType.System_Int32 } => "int",
        { SpecialType: SpecialType.System_String, NullableAnnotation: not NullableAnnotation.Annotated } => "string",
        _ => _written.TryGetValue(type, out var known) ? known : _written[type] = Write(type),
    };

    private string Write(ITypeSymbol type)
    {
        var text = new StringBuilder();
        foreach (var part in type.ToDisplayParts(Format))
        {
            text.Append(part switch
            {
                // A call with a dynamic argument would be bound at run time.
                { Kind: SymbolDisplayPartKind.Keyword, Symbol: IDynamicTypeSymbol } => "object",
                { Symbol: ITypeParameterSymbol parameter } => Of(parameter),
                _ => part.ToString(),
            });
        }

        return text.ToString();
    }

    public string Of(ITypeParameterSymbol parameter) =>
        renamed is not null && renamed.TryGetValue(parameter.OriginalDefinition, out var name) ? name : Identifier(parameter.Name);

    /// <summary>The same with the names of more type parameters.</summary>
    public TypeText With(IEnumerable<KeyValuePair<ISymbol, string>> more)
    {
        var all = new Dictionary<ISymbol, string>(SymbolEqualityComparer.Default);
        foreach (var pair in (renamed ?? all).Concat(more).ToList())
        {
            all[pair.Key] = pair.Value;
        }

        return new TypeText(all);
    }

    public static string Identifier(string name) =>
        SyntaxFacts.GetKeywordKind(name) != SyntaxKind.None || SyntaxFacts.GetContextualKeywordKind(name) != SyntaxKind.None ? "@" + name : name;

    public static string Literal(string text) => SymbolDisplay.FormatLiteral(text, quote: true);
}
