using System.Collections.Immutable;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ExperimentFramework.DataPlane.Generators.Parsing;

/// <summary>The attributes that an implementation repeats, because the compiler, the trimmer or a caller's analysis reads them there.</summary>
internal static class AttributeText
{
    private static readonly ImmutableHashSet<string> OfMembers =
    [
        "System.ObsoleteAttribute",
        "System.Diagnostics.CodeAnalysis.ExperimentalAttribute",
        "System.Diagnostics.CodeAnalysis.RequiresUnreferencedCodeAttribute",
        "System.Diagnostics.CodeAnalysis.RequiresDynamicCodeAttribute",
        "System.Diagnostics.CodeAnalysis.RequiresAssemblyFilesAttribute",
        "System.Diagnostics.CodeAnalysis.DynamicallyAccessedMembersAttribute",
        "System.Diagnostics.CodeAnalysis.DoesNotReturnAttribute",
        "System.Diagnostics.CodeAnalysis.AllowNullAttribute",
        "System.Diagnostics.CodeAnalysis.DisallowNullAttribute",
        "System.Diagnostics.CodeAnalysis.MaybeNullAttribute",
        "System.Diagnostics.CodeAnalysis.NotNullAttribute",
    ];

    private static readonly ImmutableHashSet<string> OfTypes =
    [
        "System.ObsoleteAttribute",
        "System.Diagnostics.CodeAnalysis.ExperimentalAttribute",
    ];

    private static readonly ImmutableHashSet<string> OfNull =
    [
        "System.Diagnostics.CodeAnalysis.AllowNullAttribute",
        "System.Diagnostics.CodeAnalysis.DisallowNullAttribute",
        "System.Diagnostics.CodeAnalysis.MaybeNullAttribute",
        "System.Diagnostics.CodeAnalysis.NotNullAttribute",
    ];

    private static readonly ImmutableHashSet<string> OfAccessorValues = ["System.Diagnostics.CodeAnalysis.DynamicallyAccessedMembersAttribute"];

    private static readonly ImmutableHashSet<string> OfKeptValues =
    [
        "System.Diagnostics.CodeAnalysis.DynamicallyAccessedMembersAttribute",
        "System.Diagnostics.CodeAnalysis.AllowNullAttribute",
        "System.Diagnostics.CodeAnalysis.DisallowNullAttribute",
    ];

    private static readonly ImmutableHashSet<string> OfValues =
    [
        "System.Diagnostics.CodeAnalysis.DynamicallyAccessedMembersAttribute",
        "System.Diagnostics.CodeAnalysis.UnscopedRefAttribute",
        "System.Diagnostics.CodeAnalysis.AllowNullAttribute",
        "System.Diagnostics.CodeAnalysis.DisallowNullAttribute",
        "System.Diagnostics.CodeAnalysis.MaybeNullAttribute",
        "System.Diagnostics.CodeAnalysis.MaybeNullWhenAttribute",
        "System.Diagnostics.CodeAnalysis.NotNullAttribute",
        "System.Diagnostics.CodeAnalysis.NotNullWhenAttribute",
        "System.Diagnostics.CodeAnalysis.NotNullIfNotNullAttribute",
        "System.Diagnostics.CodeAnalysis.DoesNotReturnIfAttribute",
    ];

    /// <summary>The attributes of a type, one per item.</summary>
    public static IEnumerable<string> Type(ISymbol type) => Repeated(type.GetAttributes(), OfTypes, "");

    /// <summary>The attributes of a member, one per item.</summary>
    public static IEnumerable<string> Member(ISymbol member) => Repeated(member.GetAttributes(), OfMembers, "");

    /// <summary>
    /// The attributes of a property, one per item. Metadata has those about null on the accessors' values, where a compiler does
    /// not read them from source.
    /// </summary>
    public static IEnumerable<string> Property(IPropertySymbol property) => Member(property)
        .Concat(property.GetMethod is { } getter ? Repeated(getter.GetReturnTypeAttributes(), OfNull, "") : [])
        .Concat(property.SetMethod is { } setter ? Repeated(setter.Parameters.Last().GetAttributes(), OfNull, "") : [])
        .Distinct();

    /// <summary>The attributes of an accessor, one per item.</summary>
    public static IEnumerable<string> Accessor(IMethodSymbol accessor) => Repeated(accessor.GetAttributes(), OfMembers, "")
        .Concat(accessor.MethodKind == MethodKind.PropertyGet
            ? Repeated(accessor.GetReturnTypeAttributes(), OfAccessorValues, "return: ")
            : Repeated(accessor.Parameters.Last().GetAttributes(), OfAccessorValues, "param: "));

    /// <summary>The attributes of a result, one per item.</summary>
    public static IEnumerable<string> Result(IMethodSymbol method) => Repeated(method.GetReturnTypeAttributes(), OfValues, "return: ");

    /// <summary>The attributes of a parameter or type parameter, before it, with a space.</summary>
    public static string Parameter(ISymbol parameter) => Inline(parameter, OfValues);

    /// <summary>The attributes of a parameter whose value is only kept for later: what it promises of its end is not kept.</summary>
    public static string Value(IParameterSymbol parameter) => Inline(parameter, OfKeptValues);

    private static string Inline(ISymbol parameter, ImmutableHashSet<string> names) =>
        string.Concat(Repeated(parameter.GetAttributes(), names, "").Select(text => text + " "));

    private static IEnumerable<string> Repeated(ImmutableArray<AttributeData> attributes, ImmutableHashSet<string> names, string target) => attributes.IsEmpty
        ? []
        : attributes
            .Select(attribute => (Name: names.FirstOrDefault(name => SymbolName.Is(attribute.AttributeClass, name)), Attribute: attribute))
            .Where(found => found.Name is not null)
            .Select(found => "[" + target + "global::" + found.Name!.Substring(0, found.Name.Length - "Attribute".Length) + Arguments(found.Attribute) + "]");

    private static string Arguments(AttributeData attribute)
    {
        var arguments = attribute.ConstructorArguments.Select(argument => argument.ToCSharp())
            .Concat(attribute.NamedArguments.Select(argument => argument.Key + " = " + argument.Value.ToCSharp()))
            .ToArray();
        return arguments.Length == 0 ? "" : "(" + string.Join(", ", arguments) + ")";
    }

    private static string ToCSharp(this TypedConstant constant) => constant switch
    {
        { Kind: TypedConstantKind.Array } => "new[] { " + string.Join(", ", constant.Values.Select(ToCSharp)) + " }",
        { Kind: TypedConstantKind.Enum, Type: { } type } => "(" + new TypeText().Of(type) + ")(" + SymbolDisplay.FormatPrimitive(constant.Value!, true, false) + ")",
        { Kind: TypedConstantKind.Type, Value: ITypeSymbol type } => "typeof(" + new TypeText().Of(type) + ")",
        { IsNull: true } => "null!",
        _ => SymbolDisplay.FormatPrimitive(constant.Value!, quoteStrings: true, useHexadecimalNumbers: false) ?? "null!",
    };
}
