using System.Collections.Immutable;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Parsing;

/// <summary>Writes the type parameters of a method as they are declared and as they are passed on.</summary>
internal static class TypeParameterText
{
    /// <summary>Returns a type parameter list; empty if there are none.</summary>
    public static string Declared(ImmutableArray<ITypeParameterSymbol> parameters, TypeText types) =>
        parameters.IsEmpty ? "" : List(parameters.Select(parameter => AttributeText.Parameter(parameter) + types.Of(parameter)));

    /// <summary>Returns a type argument list; empty if there are none.</summary>
    public static string Passed(ImmutableArray<ITypeParameterSymbol> parameters, TypeText types) =>
        parameters.IsEmpty ? "" : List(parameters.Select(types.Of));

    /// <summary>
    /// Returns the constraints of an explicit implementation, each with a leading space. It inherits constraints, and needs only those that define the meaning
    /// of <c>T?</c>.
    /// </summary>
    public static string Inherited(ImmutableArray<ITypeParameterSymbol> parameters, string declaration, TypeText types) =>
        parameters.IsEmpty ? "" : string.Concat(parameters
            .Where(parameter => declaration.Contains(types.Of(parameter) + "?"))
            .Select(parameter => " where " + types.Of(parameter) + " : " + TypeParameterConstraints.Inherited(parameter)));

    /// <summary>Returns all constraints, each with a leading space, for a method that inherits none.</summary>
    public static string Repeated(ImmutableArray<ITypeParameterSymbol> parameters, TypeText types) =>
        parameters.IsEmpty ? "" : string.Concat(parameters
            .Select(parameter => (Name: types.Of(parameter), Constraints: TypeParameterConstraints.Repeated(parameter, types)))
            .Where(parameter => parameter.Constraints.Length > 0)
            .Select(parameter => " where " + parameter.Name + " : " + parameter.Constraints));

    private static string List(IEnumerable<string> items) => "<" + string.Join(", ", items) + ">";
}
