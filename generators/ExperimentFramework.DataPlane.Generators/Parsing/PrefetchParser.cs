using ExperimentFramework.DataPlane.Generators.Model;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Parsing;

/// <summary>Reads the code that awaits an assignment before an asynchronous call.</summary>
internal static class PrefetchParser
{
    /// <summary>Returns the code before the call; null if the attribute does not request it or the method does not support it.</summary>
    public static PrefetchModel? Parse(IMethodSymbol method, ProxyTag tag, TypeText types, ParameterText parameters, string identity, int number)
    {
        if (!tag.AwaitAssignment)
        {
            return null;
        }

        var shape = CallKind.Of(method).Shape;
        if (shape == ObservationShape.Synchronous || !CallKind.CanBeCalledAgain(method, shape) || method.Parameters.Any(HasPostcondition))
        {
            return null;
        }

        var name = method.Name + "_WhenAssigned" + number;
        var passed = name + TypeParameterText.Passed(method.TypeParameters, types);
        var state = UniqueName.Create("state", [.. parameters.Taken, .. method.TypeParameters.Select(types.Of)]);
        var isAlone = method.Parameters.Length == 0;
        return new PrefetchModel(
            "private " + types.Of(method.ReturnType) + " " + name + TypeParameterText.Declared(method.TypeParameters, types)
                + "(" + parameters.Plain() + ")" + TypeParameterText.Repeated(method.TypeParameters, types),
            identity,
            passed + "(" + parameters.Passed() + ")",
            isAlone ? "this" : "(this" + parameters.AppendedArguments() + ")",
            isAlone
                ? state + "." + passed + "()"
                : state + ".Item1." + passed + "(" + string.Join(", ", method.Parameters.Select((_, index) => state + ".Item" + (index + 2))) + ")",
            state,
            method.ReturnType.IsReferenceType);
    }

    /// <summary>A member that returns before the call cannot fulfill the postcondition of a parameter.</summary>
    private static bool HasPostcondition(IParameterSymbol parameter) => AttributeText.Parameter(parameter) != AttributeText.Value(parameter);
}
