using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Parsing;

/// <summary>Parameters as they are declared and as they are passed on.</summary>
internal static class ParameterText
{
    /// <summary>A parameter list without default values, which an explicit implementation cannot have.</summary>
    public static string Declared(IEnumerable<IParameterSymbol> parameters, TypeText types) =>
        string.Join(", ", parameters.Select(parameter =>
            AttributeText.Inline(parameter)
            + (parameter.IsParams ? "params " : "")
            + Scope(parameter)
            + parameter.RefKind switch
            {
                RefKind.Ref => "ref ",
                RefKind.Out => "out ",
                RefKind.In => "in ",
                RefKind.RefReadOnlyParameter => "ref readonly ",
                _ => "",
            }
            + Plain(parameter, types)));

    /// <summary>A parameter list of values, each behind a comma.</summary>
    public static string Appended(IEnumerable<IParameterSymbol> parameters, TypeText types) =>
        string.Concat(parameters.Select(parameter => ", " + AttributeText.Inline(parameter) + Plain(parameter, types)));

    /// <summary>An argument list; <c>in</c> is said, because without it an overload by value would be taken.</summary>
    public static string Passed(IEnumerable<IParameterSymbol> parameters) =>
        string.Join(", ", parameters.Select(parameter => parameter.RefKind switch
        {
            RefKind.Ref => "ref ",
            RefKind.Out => "out ",
            RefKind.In or RefKind.RefReadOnlyParameter => "in ",
            _ => "",
        } + TypeText.Identifier(parameter.Name)));

    private static string Plain(IParameterSymbol parameter, TypeText types) => types.Of(parameter.Type) + " " + TypeText.Identifier(parameter.Name);

    private static string Scope(IParameterSymbol parameter) =>
        parameter.ScopedKind != ScopedKind.None && parameter.RefKind != RefKind.Out && !parameter.IsParams ? "scoped " : "";
}
