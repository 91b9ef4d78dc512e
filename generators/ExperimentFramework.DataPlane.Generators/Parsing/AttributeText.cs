using System.Collections.Immutable;
using ExperimentFramework.DataPlane.Generators.Model;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ExperimentFramework.DataPlane.Generators.Parsing;

/// <summary>Writes the attributes that an implementation repeats, because the compiler, the trimmer or the analysis of a caller reads them there.</summary>
internal static class AttributeText
{
    private const string CodeAnalysis = "System.Diagnostics.CodeAnalysis.";

    private static readonly Dictionary<string, string> OfMembers = Names(
        "System.ObsoleteAttribute",
        CodeAnalysis + "ExperimentalAttribute",
        CodeAnalysis + "RequiresUnreferencedCodeAttribute",
        CodeAnalysis + "RequiresDynamicCodeAttribute",
        CodeAnalysis + "RequiresAssemblyFilesAttribute",
        CodeAnalysis + "DynamicallyAccessedMembersAttribute",
        CodeAnalysis + "DoesNotReturnAttribute",
        CodeAnalysis + "AllowNullAttribute",
        CodeAnalysis + "DisallowNullAttribute",
        CodeAnalysis + "MaybeNullAttribute",
        CodeAnalysis + "NotNullAttribute");

    private static readonly Dictionary<string, string> OfTypes = Names("System.ObsoleteAttribute", CodeAnalysis + "ExperimentalAttribute");

    private static readonly Dictionary<string, string> OfNull = Names(
        CodeAnalysis + "AllowNullAttribute",
        CodeAnalysis + "DisallowNullAttribute",
        CodeAnalysis + "MaybeNullAttribute",
        CodeAnalysis + "NotNullAttribute");

    private static readonly Dictionary<string, string> OfAccessorValues = Names(CodeAnalysis + "DynamicallyAccessedMembersAttribute");

    private static readonly Dictionary<string, string> OfKeptValues = Names(
        CodeAnalysis + "DynamicallyAccessedMembersAttribute",
        CodeAnalysis + "AllowNullAttribute",
        CodeAnalysis + "DisallowNullAttribute");

    private static readonly Dictionary<string, string> OfValues = Names(
        CodeAnalysis + "DynamicallyAccessedMembersAttribute",
        CodeAnalysis + "UnscopedRefAttribute",
        CodeAnalysis + "AllowNullAttribute",
        CodeAnalysis + "DisallowNullAttribute",
        CodeAnalysis + "MaybeNullAttribute",
        CodeAnalysis + "MaybeNullWhenAttribute",
        CodeAnalysis + "NotNullAttribute",
        CodeAnalysis + "NotNullWhenAttribute",
        CodeAnalysis + "NotNullIfNotNullAttribute",
        CodeAnalysis + "DoesNotReturnIfAttribute");

    /// <summary>Returns the attributes of a type, one per item. An obsolete outer type counts too, because the proxy may not be nested in it.</summary>
    public static IEnumerable<string> Type(INamedTypeSymbol type)
    {
        var own = Repeated(type.GetAttributes(), OfTypes, "");
        for (var outer = type.ContainingType; outer is not null && !own.Any(IsObsolete); outer = outer.ContainingType)
        {
            own = [.. own, .. Repeated(outer.GetAttributes(), OfTypes, "").Where(IsObsolete)];
        }

        return own;

        static bool IsObsolete(string attribute) => attribute.StartsWith("[global::System.Obsolete", StringComparison.Ordinal);
    }

    /// <summary>Returns the attributes of a member, one per item.</summary>
    public static IEnumerable<string> Member(ISymbol member) => Repeated(member.GetAttributes(), OfMembers, "");

    /// <summary>
    /// Returns the attributes of a property, one per item. Metadata has the nullability attributes on the values of the accessors, where the compiler does not
    /// read them from source.
    /// </summary>
    public static IEnumerable<string> Property(IPropertySymbol property) => Member(property)
        .Concat(property.GetMethod is { } getter ? Repeated(getter.GetReturnTypeAttributes(), OfNull, "") : [])
        .Concat(property.SetMethod is { } setter ? Repeated(setter.Parameters.Last().GetAttributes(), OfNull, "") : [])
        .Distinct();

    /// <summary>Returns the attributes of an accessor, one per item.</summary>
    public static IEnumerable<string> Accessor(IMethodSymbol accessor) => Repeated(accessor.GetAttributes(), OfMembers, "")
        .Concat(accessor.MethodKind == MethodKind.PropertyGet
            ? Repeated(accessor.GetReturnTypeAttributes(), OfAccessorValues, "return: ")
            : Repeated(accessor.Parameters.Last().GetAttributes(), OfAccessorValues, "param: "));

    /// <summary>Returns the attributes of a method and of its result, one per item.</summary>
    public static EquatableArray<string> MemberAndResult(IMethodSymbol method)
    {
        var (member, result) = (Repeated(method.GetAttributes(), OfMembers, ""), Repeated(method.GetReturnTypeAttributes(), OfValues, "return: "));
        return new EquatableArray<string>(result.Length == 0 ? member : [.. member, .. result]);
    }

    /// <summary>Returns the attributes of a parameter or type parameter on one line, with a trailing space.</summary>
    public static string Parameter(ISymbol parameter) => Inline(parameter, OfValues);

    /// <summary>Returns the attributes of a parameter whose value is only stored for later, without postconditions, which such a method cannot fulfill.</summary>
    public static string Value(IParameterSymbol parameter) => Inline(parameter, OfKeptValues);

    private static string Inline(ISymbol parameter, Dictionary<string, string> names)
    {
        var attributes = parameter.GetAttributes();
        return attributes.IsEmpty || Repeated(attributes, names, "") is not { Length: > 0 } repeated ? "" : string.Join(" ", repeated) + " ";
    }

    private static string[] Repeated(ImmutableArray<AttributeData> attributes, Dictionary<string, string> names, string target)
    {
        List<string>? repeated = null;
        foreach (var attribute in attributes)
        {
            if (attribute.AttributeClass is { } type && names.TryGetValue(type.Name, out var name) && SymbolName.Is(type, name) && AttributeValues.AreKnown(attribute))
            {
                repeated ??= [];
                repeated.Add("[" + target + "global::" + name.Substring(0, name.Length - "Attribute".Length) + Arguments(attribute) + "]");
            }
        }

        return repeated?.ToArray() ?? [];
    }

    /// <summary>Maps simple names to full names, because nearly every attribute can be ruled out by its simple name.</summary>
    private static Dictionary<string, string> Names(params string[] fullNames) =>
        fullNames.ToDictionary(name => name.Substring(name.LastIndexOf('.') + 1), StringComparer.Ordinal);

    private static string Arguments(AttributeData attribute)
    {
        var arguments = attribute.ConstructorArguments.Select(argument => argument.ToCSharp())
            .Concat(attribute.NamedArguments.Select(argument => argument.Key + " = " + argument.Value.ToCSharp()))
            .ToArray();
        return arguments.Length == 0 ? "" : "(" + string.Join(", ", arguments) + ")";
    }

    private static string ToCSharp(this TypedConstant constant) => constant switch
    {
        { IsNull: true } => "null!",
        { Kind: TypedConstantKind.Array } => "new[] { " + string.Join(", ", constant.Values.Select(ToCSharp)) + " }",
        { Kind: TypedConstantKind.Enum, Type: { } type } => "(" + new TypeText().Of(type) + ")(" + SymbolDisplay.FormatPrimitive(constant.Value!, true, false) + ")",
        { Kind: TypedConstantKind.Type, Value: ITypeSymbol type } => "typeof(" + new TypeText().Of(type) + ")",
        _ => SymbolDisplay.FormatPrimitive(constant.Value!, quoteStrings: true, useHexadecimalNumbers: false) ?? "null!",
    };
}
