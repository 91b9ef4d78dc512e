using System.Collections.Immutable;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Parsing;

/// <summary>
/// Parameters as they are declared and as they are passed on. Other languages have parameters without a name, or several of
/// one, so each has a name here that is free.
/// </summary>
internal sealed class ParameterText
{
    private readonly ImmutableArray<IParameterSymbol> _parameters;
    private readonly Dictionary<IParameterSymbol, string> _names = new(SymbolEqualityComparer.Default);
    private readonly TypeText _types;

    /// <summary>Names the parameters.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="types">How types are written.</param>
    /// <param name="reserved">A name that is not free, such as a setter's <c>value</c>; null for none.</param>
    public ParameterText(ImmutableArray<IParameterSymbol> parameters, TypeText types, string? reserved = null)
    {
        _parameters = parameters;
        _types = types;
        if (reserved is not null)
        {
            Taken.Add(reserved);
        }

        foreach (var parameter in parameters)
        {
            _names[parameter] = FreeName.Of(parameter.Name, Taken);
        }
    }

    /// <summary>The names that are not free any more.</summary>
    public HashSet<string> Taken { get; } = [];

    /// <summary>The parameter's name as an expression.</summary>
    public string Name(IParameterSymbol parameter) => TypeText.Identifier(_names[parameter]);

    /// <summary>A parameter list without default values, which an explicit implementation cannot have.</summary>
    public string Declared() =>
        string.Join(", ", _parameters.Select(parameter =>
            AttributeText.Parameter(parameter)
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
            + Plain(parameter)));

    /// <summary>A parameter list of values, each behind a comma.</summary>
    public string Appended() => string.Concat(_parameters.Select(parameter => ", " + AttributeText.Value(parameter) + Plain(parameter)));

    /// <summary>A parameter list of values.</summary>
    public string Plain() => string.Join(", ", _parameters.Select(parameter => AttributeText.Value(parameter) + Plain(parameter)));

    /// <summary>The values, each behind a comma.</summary>
    public string AppendedArguments() => string.Concat(_parameters.Select(parameter => ", " + Name(parameter)));

    /// <summary>An argument list; <c>in</c> is said, because without it an overload by value would be taken.</summary>
    public string Passed() =>
        string.Join(", ", _parameters.Select(parameter => parameter.RefKind switch
        {
            RefKind.Ref => "ref ",
            RefKind.Out => "out ",
            RefKind.In or RefKind.RefReadOnlyParameter => "in ",
            _ => "",
        } + Name(parameter)));

    private string Plain(IParameterSymbol parameter) => _types.Of(parameter.Type) + " " + Name(parameter);

    private static string Scope(IParameterSymbol parameter) =>
        parameter.ScopedKind != ScopedKind.None && parameter.RefKind != RefKind.Out && !parameter.IsParams ? "scoped " : "";
}
