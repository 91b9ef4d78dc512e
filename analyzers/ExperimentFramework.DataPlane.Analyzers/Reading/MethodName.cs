using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Relates calls to the names of their methods.</summary>
internal static class MethodName
{
    /// <summary>Returns the call whose method a name is; null if the name is something else.</summary>
    public static InvocationExpressionSyntax? Invocation(SimpleNameSyntax name)
    {
        var called = name.Parent switch
        {
            MemberAccessExpressionSyntax access when access.Name == name => access,
            MemberBindingExpressionSyntax binding => binding,
            _ => (ExpressionSyntax)name,
        };
        return called.Parent is InvocationExpressionSyntax invocation && invocation.Expression == called ? invocation : null;
    }

    /// <summary>Returns the name of the called method; null if the call has none.</summary>
    public static SimpleNameSyntax? Of(InvocationExpressionSyntax invocation) => invocation.Expression switch
    {
        MemberAccessExpressionSyntax access => access.Name,
        MemberBindingExpressionSyntax binding => binding.Name,
        SimpleNameSyntax name => name,
        _ => null,
    };
}
