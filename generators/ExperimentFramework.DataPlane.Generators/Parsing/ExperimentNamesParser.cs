using ExperimentFramework.DataPlane.Generators.Model;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ExperimentFramework.DataPlane.Generators.Parsing;

/// <summary>
/// Reads the names of an experiment and its variants from the syntax of the call that registers it. Nothing is bound for it but the names of constants:
/// binding the bodies of methods after every edit would cost an editor more than all proxies.
/// </summary>
internal static class ExperimentNamesParser
{
    private const string Control = "control";

    /// <summary>Returns the names of an experiment; null if its name is not a constant.</summary>
    /// <param name="call">The call that registers the experiment.</param>
    /// <param name="defaultName">The name of an experiment that the call does not name; null if there is none.</param>
    /// <param name="semantics">The model of the call's file.</param>
    public static ExperimentNamesModel? Parse(InvocationExpressionSyntax call, string? defaultName, SemanticModel semantics)
    {
        var lambda = call.ArgumentList.Arguments.Select(argument => argument.Expression).OfType<LambdaExpressionSyntax>().FirstOrDefault();
        var calls = lambda is null
            ? []
            : lambda.DescendantNodes().OfType<InvocationExpressionSyntax>()
                .Select(inner => (Call: inner, Name: NameOf(inner)))
                .Where(inner => inner.Name is not null)
                .OrderBy(inner => inner.Name!.SpanStart)
                .Select(inner => (inner.Call, Method: inner.Name!.Identifier.ValueText))
                .ToArray();
        var named = calls.LastOrDefault(inner => inner.Method == "Named").Call;
        var name = named is not null ? Constant(named, "experimentName", semantics)
            : NameOf(call)?.Identifier.ValueText == WellKnownNames.LoggingMethod ? lambda is null ? null : defaultName
            : defaultName is not null && call.ArgumentList.Arguments.Count < 2 ? defaultName
            : Constant(call, "name", semantics);
        if (name is null)
        {
            return null;
        }

        var controls = calls.Where(inner => inner.Method == "AddControl").Select(inner => ControlKey(inner.Call, semantics)).OfType<string>();
        var others = calls.Where(inner => inner.Method == "AddVariant").Select(inner => Constant(inner.Call, "key", semantics)).OfType<string>();
        return new ExperimentNamesModel(name, controls.Concat(others).Distinct(StringComparer.OrdinalIgnoreCase).ToEquatableArray());
    }

    /// <summary>Returns the key of control: the default, unless an experiment without an interface names another one.</summary>
    private static string? ControlKey(InvocationExpressionSyntax call, SemanticModel semantics) =>
        NameOf(call) is GenericNameSyntax || Argument(call, "key") is not { } key ? Control : Text(key, semantics);

    private static string? Constant(InvocationExpressionSyntax call, string parameter, SemanticModel semantics) =>
        Argument(call, parameter) is { } argument ? Text(argument, semantics) : null;

    /// <summary>Returns the argument of a parameter that is the first of its method: the one with its name, or the first one that has no name.</summary>
    private static ExpressionSyntax? Argument(InvocationExpressionSyntax call, string parameter)
    {
        var arguments = call.ArgumentList.Arguments;
        var found = arguments.FirstOrDefault(argument => argument.NameColon?.Name.Identifier.ValueText == parameter)
            ?? arguments.FirstOrDefault(argument => argument == arguments[0] && argument.NameColon is null);
        return found?.Expression is AnonymousFunctionExpressionSyntax ? null : found?.Expression;
    }

    private static string? Text(ExpressionSyntax expression, SemanticModel semantics) => (expression, TypeBodyPosition.Of(expression)) switch
    {
        (LiteralExpressionSyntax literal, _) => literal.Token.Value as string,
        (_, null) => semantics.GetConstantValue(expression).Value as string,
        (IdentifierNameSyntax or MemberAccessExpressionSyntax, { } inside) when !LocalNames.Hide(expression) =>
            semantics.GetSpeculativeSymbolInfo(inside, expression, SpeculativeBindingOption.BindAsExpression).Symbol is IFieldSymbol { HasConstantValue: true } field
                ? field.ConstantValue as string
                : null,
        _ => null,
    };

    private static SimpleNameSyntax? NameOf(InvocationExpressionSyntax call) => call.Expression switch
    {
        MemberAccessExpressionSyntax access => access.Name,
        MemberBindingExpressionSyntax binding => binding.Name,
        SimpleNameSyntax name => name,
        _ => null,
    };
}
