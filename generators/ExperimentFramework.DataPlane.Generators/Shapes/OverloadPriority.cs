using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ExperimentFramework.DataPlane.Generators.Shapes;

/// <summary>Whether <c>[OverloadResolutionPriority]</c> would send a forwarded call to another overload.</summary>
internal static class OverloadPriority
{
    private const string Attribute = "System.Runtime.CompilerServices.OverloadResolutionPriorityAttribute";

    /// <summary>Whether a call with the member's own arguments could bind to an overload of higher priority.</summary>
    public static bool IsMisrouted(ISymbol member, Compilation compilation)
    {
        var overloads = member.ContainingType.GetMembers(member.Name);
        if (overloads.Length == 1)
        {
            return false;
        }

        var priority = Of(member);
        return overloads.Any(other =>
            !SymbolEqualityComparer.Default.Equals(other, member)
            && Of(other) > priority
            && CanTake(other, member, compilation));
    }

    private static bool CanTake(ISymbol overload, ISymbol member, Compilation compilation)
    {
        var (taking, passed) = (SignatureTypes.Parameters(overload), SignatureTypes.Parameters(member));
        if (member is IMethodSymbol { Arity: > 0 and var arity } && (overload as IMethodSymbol)?.Arity != arity)
        {
            // The call says its type arguments.
            return false;
        }

        if (taking.Count(parameter => !parameter.IsOptional && !parameter.IsParams) > passed.Length
            || (passed.Length > taking.Length && !taking.Any(parameter => parameter.IsParams)))
        {
            return false;
        }

        for (var i = 0; i < Math.Min(passed.Length, taking.Length); i++)
        {
            if (!taking[i].IsParams && !Converts(passed[i].Type, taking[i].Type, compilation))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A type parameter may stand for anything, so what involves one counts as convertible.</summary>
    private static bool Converts(ITypeSymbol from, ITypeSymbol to, Compilation compilation) =>
        to is ITypeParameterSymbol
        || from is ITypeParameterSymbol
        || compilation.ClassifyConversion(from, to).IsImplicit
        || (to is INamedTypeSymbol { IsGenericType: true } && from is INamedTypeSymbol { IsGenericType: true });

    private static int Of(ISymbol member) =>
        SymbolName.Attribute(member, Attribute)?.ConstructorArguments.FirstOrDefault().Value as int? ?? 0;
}
