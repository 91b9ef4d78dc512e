using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ExperimentFramework.DataPlane.Generators.Shapes;

/// <summary>
/// Writes types as C# that has the same meaning everywhere. Every edit in an editor writes all of them again, so the common cases are handled here, and the
/// compiler's own formatter is used only for the rest.
/// </summary>
/// <param name="renamed">The new names of type parameters that cannot keep their names.</param>
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
        { NullableAnnotation: not NullableAnnotation.Annotated } when TypeKeyword.Of(type.SpecialType) is { } keyword => keyword,
        _ => _written.TryGetValue(type, out var known) ? known : _written[type] = Write(type),
    };

    public string Of(ITypeParameterSymbol parameter) =>
        renamed is not null && renamed.TryGetValue(parameter.OriginalDefinition, out var name) ? name : Identifier(parameter.Name);

    /// <summary>Returns a copy with the names of more type parameters.</summary>
    public TypeText With(IEnumerable<KeyValuePair<ISymbol, string>> more)
    {
        var all = new Dictionary<ISymbol, string>(SymbolEqualityComparer.Default);
        foreach (var pair in (renamed ?? all).Concat(more).ToList())
        {
            all[pair.Key] = pair.Value;
        }

        return new TypeText(all);
    }

    /// <summary>Returns whether a name is valid in C#; other languages allow more names. The compiler itself reports an empty name.</summary>
    public static bool IsWritable(string name) => name.Length == 0 || SyntaxFacts.IsValidIdentifier(name);

    public static string Identifier(string name) =>
        SyntaxFacts.GetKeywordKind(name) != SyntaxKind.None || SyntaxFacts.GetContextualKeywordKind(name) != SyntaxKind.None ? "@" + name : name;

    public static string Literal(string text) => SymbolDisplay.FormatLiteral(text, quote: true);

    private string Write(ITypeSymbol type) => type switch
    {
        ITypeParameterSymbol parameter => Annotated(Of(parameter), parameter),
        INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T, IsDefinition: false, IsUnboundGenericType: false } nullable =>
            Of(nullable.TypeArguments[0]) + "?",
        INamedTypeSymbol named when TypeKeyword.Of(named.SpecialType) is { } keyword => Annotated(keyword, named),
        INamedTypeSymbol named when IsPlain(named) => Annotated(Qualified(named), named),
        IArrayTypeSymbol { IsSZArray: true, ElementType: not IArrayTypeSymbol } array => Annotated(Of(array.ElementType) + "[]", array),
        _ => Display(type),
    };

    /// <summary>Metadata sometimes annotates value types, where the annotation has no meaning.</summary>
    private static string Annotated(string text, ITypeSymbol type) => type is { NullableAnnotation: NullableAnnotation.Annotated, IsValueType: false } ? text + "?" : text;

    /// <summary>Returns whether a type is written as just its name and type arguments.</summary>
    private static bool IsPlain(INamedTypeSymbol type) =>
        type is
        {
            TypeKind: TypeKind.Class or TypeKind.Struct or TypeKind.Interface or TypeKind.Enum or TypeKind.Delegate,
            IsTupleType: false,
            IsNativeIntegerType: false,
            IsUnboundGenericType: false,
            IsAnonymousType: false,
        }
        && (type.ContainingType is null || IsPlain(type.ContainingType));

    private string Qualified(INamedTypeSymbol type)
    {
        var text = new StringBuilder("global::", 128);
        AppendQualified(type, text);
        return text.ToString();
    }

    private void AppendQualified(INamedTypeSymbol type, StringBuilder text)
    {
        if (type.ContainingType is { } outer)
        {
            AppendQualified(outer, text);
            text.Append('.');
        }
        else
        {
            AppendNamespace(type.ContainingNamespace, text);
        }

        AppendIdentifier(type.Name, text);
        if (type.Arity == 0)
        {
            return;
        }

        var separator = '<';
        foreach (var argument in type.TypeArguments)
        {
            text.Append(separator == '<' ? "<" : ", ").Append(Of(argument));
            separator = ',';
        }

        text.Append('>');
    }

    private static void AppendNamespace(INamespaceSymbol? space, StringBuilder text)
    {
        if (space is { IsGlobalNamespace: false })
        {
            AppendNamespace(space.ContainingNamespace, text);
            AppendIdentifier(space.Name, text);
            text.Append('.');
        }
    }

    /// <summary>Contextual keywords have no special meaning after a qualifier, but the compiler warns about a type named record.</summary>
    private static void AppendIdentifier(string name, StringBuilder text)
    {
        if (SyntaxFacts.GetKeywordKind(name) != SyntaxKind.None || name == "record")
        {
            text.Append('@');
        }

        text.Append(name);
    }

    private string Display(ITypeSymbol type)
    {
        var text = new StringBuilder();
        foreach (var part in type.ToDisplayParts(Format))
        {
            text.Append(part switch
            {
                // A call with a dynamic argument would be bound at runtime.
                { Kind: SymbolDisplayPartKind.Keyword, Symbol: IDynamicTypeSymbol } => "object",
                { Symbol: ITypeParameterSymbol parameter } => Of(parameter),
                _ => part.ToString(),
            });
        }

        return text.ToString();
    }
}
