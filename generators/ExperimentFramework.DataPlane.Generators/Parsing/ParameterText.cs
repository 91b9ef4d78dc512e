using System.Collections.Immutable;
using System.Text;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Parsing;

/// <summary>
/// Writes parameters as they are declared and as they are passed on. Parameters from other languages may have no name, or the same name, so each gets a
/// unique name.
/// </summary>
internal sealed class ParameterText
{
    private readonly ImmutableArray<IParameterSymbol> _parameters;
    private readonly string[] _names;
    private readonly TypeText _types;
    private readonly StringBuilder _text;

    /// <summary>Names the parameters.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="types">Writes the types.</param>
    /// <param name="text">The buffer for building lists, which must not be used elsewhere at the same time.</param>
    /// <param name="reserved">A name that is already used, such as a setter's <c>value</c>; null if there is none.</param>
    public ParameterText(ImmutableArray<IParameterSymbol> parameters, TypeText types, StringBuilder text, string? reserved = null)
    {
        _parameters = parameters;
        _names = new string[parameters.Length];
        _types = types;
        _text = text;
        Taken = new List<string>(parameters.Length + 1);
        if (reserved is not null)
        {
            Taken.Add(reserved);
        }

        for (var i = 0; i < parameters.Length; i++)
        {
            _names[i] = TypeText.Identifier(UniqueName.Create(TypeText.IsWritable(parameters[i].Name) ? parameters[i].Name : "parameter", Taken));
        }
    }

    /// <summary>Gets the names that are already used.</summary>
    public List<string> Taken { get; }

    /// <summary>Returns the parameter's name as an expression.</summary>
    public string Name(IParameterSymbol parameter) => _names[parameter.Ordinal];

    /// <summary>Returns a parameter list without default values, which an explicit implementation cannot have.</summary>
    public string Declared() => Listed(static (text, parameters, i) =>
    {
        var parameter = parameters._parameters[i];
        text.Append(AttributeText.Parameter(parameter));
        text.Append(parameter.IsParams ? "params " : "");
        text.Append(Scope(parameter));
        text.Append(parameter.RefKind switch
        {
            RefKind.Ref => "ref ",
            RefKind.Out => "out ",
            RefKind.In => "in ",
            RefKind.RefReadOnlyParameter => "ref readonly ",
            _ => "",
        });
        parameters.AppendPlain(text, i);
    });

    /// <summary>Returns a parameter list without modifiers.</summary>
    public string Plain() => Listed(static (text, parameters, i) =>
    {
        text.Append(AttributeText.Value(parameters._parameters[i]));
        parameters.AppendPlain(text, i);
    });

    /// <summary>Returns the arguments, each with a leading comma.</summary>
    public string AppendedArguments() => _names.Length == 0 ? "" : ", " + string.Join(", ", _names);

    /// <summary>Returns an argument list. It includes <c>in</c>, because otherwise an overload with a value parameter would be called.</summary>
    public string Passed() => Listed(static (text, parameters, i) => text
        .Append(parameters._parameters[i].RefKind switch
        {
            RefKind.Ref => "ref ",
            RefKind.Out => "out ",
            RefKind.In or RefKind.RefReadOnlyParameter => "in ",
            _ => "",
        })
        .Append(parameters._names[i]));

    private string Listed(Action<StringBuilder, ParameterText, int> append)
    {
        if (_names.Length == 0)
        {
            return "";
        }

        _text.Clear();
        for (var i = 0; i < _names.Length; i++)
        {
            _text.Append(i == 0 ? "" : ", ");
            append(_text, this, i);
        }

        return _text.ToString();
    }

    private void AppendPlain(StringBuilder text, int i) => text.Append(_types.Of(_parameters[i].Type)).Append(' ').Append(_names[i]);

    private static string Scope(IParameterSymbol parameter) =>
        parameter.ScopedKind != ScopedKind.None && parameter.RefKind != RefKind.Out && !parameter.IsParams ? "scoped " : "";
}
