using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Recognizes calls that are exposures.</summary>
internal static class ExposingCall
{
    /// <summary>Returns the tagged interface whose exposing member is called; null for any other call.</summary>
    public static TaggedInterface? InterfaceOf(IInvocationOperation call, INamedTypeSymbol tag, Compilation compilation)
    {
        var receiver = call.Instance is IConversionOperation { IsImplicit: true } conversion ? conversion.Operand.Type : call.Instance?.Type;
        IEnumerable<ITypeSymbol> types = receiver switch
        {
            ITypeParameterSymbol parameter => parameter.ConstraintTypes,
            { } type => [type],
            null => [],
        };
        return types.Select(type => TaggedInterface.Of(type, tag)).FirstOrDefault(tagged => tagged is not null
            && tagged.ExposingMembers(compilation).Any(member => SymbolEqualityComparer.Default.Equals(member.OriginalDefinition, call.TargetMethod.OriginalDefinition)));
    }
}
