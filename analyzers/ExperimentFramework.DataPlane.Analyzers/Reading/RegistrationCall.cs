using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Recognizes calls to <c>Trial&lt;T&gt;</c>, <c>AddExposureLogging&lt;T&gt;</c> and <c>Experiment</c>.</summary>
internal static class RegistrationCall
{
    /// <summary>Returns whether a method registers an experiment on its type argument.</summary>
    public static bool IsTo(IMethodSymbol method) =>
        method.TypeArguments.Length == 1
        && ((method.Name == WellKnownNames.TrialMethod && SymbolName.Is(method.ContainingType, WellKnownNames.Builder))
            || (method.Name == WellKnownNames.LoggingMethod && SymbolName.Is(method.ContainingType, WellKnownNames.LoggingExtensions)));

    /// <summary>Returns whether a method registers an experiment without an interface.</summary>
    public static bool IsByName(IMethodSymbol method) => method.Name == WellKnownNames.ExperimentMethod && SymbolName.Is(method.ContainingType, WellKnownNames.Builder);

    /// <summary>Returns where the interface is named: the type argument, or the method's name if the type argument is inferred.</summary>
    public static Location PlaceOf(SimpleNameSyntax method) =>
        (method is GenericNameSyntax generic ? (SyntaxNode)generic.TypeArgumentList.Arguments[0] : method).GetLocation();
}
