using System.Collections.Immutable;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Parsing;

/// <summary>The type parameters of a method as they are declared and as they are passed on.</summary>
internal static class TypeParameterText
{
    /// <summary>A type parameter list; empty for none.</summary>
    public static string Declared(ImmutableArray<ITypeParameterSymbol> parameters, TypeText types) =>
        parameters.IsEmpty ? "" : List(parameters.Select(parameter => AttributeText.Parameter(parameter) + types.Of(parameter)));

    /// <summary>A type argument list; empty for none.</summary>
    public static string Passed(ImmutableArray<ITypeParameterSymbol> parameters, TypeText types) =>
        parameters.IsEmpty ? "" : List(parameters.Select(types.Of));

    /// <summary>
    /// The constraints of an explicit implementation, with a space before each: it inherits them, and writes only what tells
    /// the compiler the meaning of <c>T?</c>.
    /// </summary>
    public static string Inherited(ImmutableArray<ITypeParameterSymbol> parameters, string declaration, TypeText types) =>
        parameters.IsEmpty ? "" : string.Concat(parameters
            .Where(parameter => declaration.Contains(types.Of(parameter) + "?"))
            .Select(parameter => " where " + types.Of(parameter) + " : " + TypeParameterConstraints.Inherited(parameter)));

    /// <summary>All constraints, with a space before each, for a method that inherits none.</summary>
    public static string Repeated(ImmutableArray<ITypeParameterSymbol> parameters, TypeText types) =>
        parameters.IsEmpty ? "" : string.Concat(parameters
            .Select(parameter => (Name: types.Of(parameter), Constraints: TypeParameterConstraints.Repeated(parameter, types)))
            .Where(parameter => parameter.Constraints.Length > 0)
            .Select(parameter => " where " + parameter.Name + " : " + parameter.Constraints));

    private static string List(IEnumerable<string> items) => "<" + string.Join(", ", items) + ">";
}
