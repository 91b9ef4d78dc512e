using System.Collections.Immutable;
using System.Text;
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
    private readonly string[] _names;
    private readonly TypeText _types;
    private readonly StringBuilder _text;

    /// <summary>Names the parameters.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="types">How types are written.</param>
    /// <param name="text">Where lists are put together; nobody else writes to it meanwhile.</param>
    /// <param name="reserved">A name that is not free, such as a setter's <c>value</c>; null for none.</param>
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

    /// <summary>The names that are not free any more.</summary>
    public List<string> Taken { get; }

    /// <summary>The parameter's name as an expression.</summary>
    public string Name(IParameterSymbol parameter) => _names[parameter.Ordinal];

    /// <summary>A parameter list without default values, which an explicit implementation cannot have.</summary>
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

    /// <summary>A parameter list of values.</summary>
    public string Plain() => Listed(static (text, parameters, i) =>
    {
        text.Append(AttributeText.Value(parameters._parameters[i]));
        parameters.AppendPlain(text, i);
    });

    /// <summary>The values, each behind a comma.</summary>
    public string AppendedArguments() => _names.Length == 0 ? "" : ", " + string.Join(", ", _names);

    /// <summary>An argument list; <c>in</c> is said, because without it an overload by value would be taken.</summary>
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
