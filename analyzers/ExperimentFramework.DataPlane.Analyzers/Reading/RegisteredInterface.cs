using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Finds the tagged interface that a call registers, and where it is named. A method that is passed as a delegate counts as a call.</summary>
internal static class RegisteredInterface
{
    /// <summary>Returns the interface and its location; null for other operations, and for types that depend on a type parameter.</summary>
    public static (INamedTypeSymbol Service, Location Location)? Of(IOperation operation, INamedTypeSymbol tag)
    {
        var (method, name) = operation switch
        {
            IInvocationOperation { Syntax: InvocationExpressionSyntax syntax } invocation => (invocation.TargetMethod, MethodName.Of(syntax)),
            IMethodReferenceOperation reference => (reference.Method, NameOf(reference.Syntax)),
            _ => default,
        };
        return name is not null && RegistrationCall.IsTo(method) && TaggedInterface.Of(method.TypeArguments[0], tag) is { } tagged && ClosedInterface.IsClosed(tagged.Type)
            ? (tagged.Type, RegistrationCall.PlaceOf(name))
            : null;
    }

    private static SimpleNameSyntax? NameOf(SyntaxNode reference) => reference switch
    {
        MemberAccessExpressionSyntax access => access.Name,
        SimpleNameSyntax name => name,
        _ => null,
    };
}
