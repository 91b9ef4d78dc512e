using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Calls of <c>Trial&lt;T&gt;</c> and <c>AddExposureLogging&lt;T&gt;</c>.</summary>
internal static class RegistrationCall
{
    /// <summary>Whether a method registers the experiment that its type argument names.</summary>
    public static bool IsTo(IMethodSymbol method) =>
        method.TypeArguments.Length == 1
        && ((method.Name == WellKnownNames.TrialMethod && SymbolName.Is(method.ContainingType, WellKnownNames.Builder))
            || (method.Name == WellKnownNames.LoggingMethod && SymbolName.Is(method.ContainingType, WellKnownNames.LoggingExtensions)));

    /// <summary>Where the interface is named: the type argument or, where that is inferred, the method's name.</summary>
    public static Location PlaceOf(SimpleNameSyntax method) =>
        (method is GenericNameSyntax generic ? (SyntaxNode)generic.TypeArgumentList.Arguments[0] : method).GetLocation();
}
