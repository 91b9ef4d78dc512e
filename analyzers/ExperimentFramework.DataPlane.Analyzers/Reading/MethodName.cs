using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Names of methods in calls.</summary>
internal static class MethodName
{
    /// <summary>The call that a name is the method of; null where the name stands for something else.</summary>
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

    /// <summary>The name of the method that is called; null where the call has none.</summary>
    public static SimpleNameSyntax? Of(InvocationExpressionSyntax invocation) => invocation.Expression switch
    {
        MemberAccessExpressionSyntax access => access.Name,
        MemberBindingExpressionSyntax binding => binding.Name,
        SimpleNameSyntax name => name,
        _ => null,
    };
}
