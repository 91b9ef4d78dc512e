using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Parsing;

/// <summary>Writes the constraints of type parameters, as a class repeats them and as an explicit implementation inherits them.</summary>
internal static class TypeParameterConstraints
{
    /// <summary>Returns all constraints, for a type parameter of the proxy; empty if there are none.</summary>
    public static string Repeated(ITypeParameterSymbol parameter, TypeText types)
    {
        var constraints = new List<string>();
        if (parameter.HasUnmanagedTypeConstraint)
        {
            // The symbol has both constraints, but "struct" together with "unmanaged" is an error.
            constraints.Add("unmanaged");
        }
        else if (parameter.HasValueTypeConstraint)
        {
            constraints.Add("struct");
        }
        else if (parameter.HasReferenceTypeConstraint)
        {
            constraints.Add(parameter.ReferenceTypeConstraintNullableAnnotation == NullableAnnotation.Annotated ? "class?" : "class");
        }
        else if (parameter.HasNotNullConstraint)
        {
            constraints.Add("notnull");
        }

        constraints.AddRange(parameter.ConstraintTypes.Select(types.Of));
        if (parameter.HasConstructorConstraint && !parameter.HasValueTypeConstraint)
        {
            constraints.Add("new()");
        }

        if (parameter.AllowsRefLikeType)
        {
            constraints.Add("allows ref struct");
        }

        return string.Join(", ", constraints);
    }

    /// <summary>
    /// Returns the only constraint that an explicit implementation may have, which defines the meaning of <c>T?</c> in it. Everything else is inherited.
    /// </summary>
    public static string Inherited(ITypeParameterSymbol parameter) =>
        parameter.IsValueType ? "struct" : parameter.IsReferenceType ? "class" : "default";
}
