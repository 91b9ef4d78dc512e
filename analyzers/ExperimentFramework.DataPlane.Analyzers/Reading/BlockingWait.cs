using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Recognizes blocking waits for tasks: <c>Result</c>, <c>Wait</c>, <c>WaitAll</c>, <c>WaitAny</c> and <c>GetAwaiter().GetResult()</c>.</summary>
internal static class BlockingWait
{
    /// <summary>Returns the tasks that an operation blocks on; none if it is not a blocking wait.</summary>
    public static IEnumerable<IOperation> TasksOf(IOperation operation) => operation switch
    {
        IPropertyReferenceOperation { Property.Name: "Result", Instance: { } task } when AwaitableCall.IsTask(task.Type) => [task],
        IInvocationOperation { TargetMethod.Name: "Wait", Instance: { } task } when AwaitableCall.IsTask(task.Type) => [task],
        IInvocationOperation { TargetMethod: { Name: "WaitAll" or "WaitAny", IsStatic: true, ContainingType: var type } } wait when AwaitableCall.IsTask(type) => Elements(wait),
        IInvocationOperation { TargetMethod.Name: "GetResult", Instance: IInvocationOperation { TargetMethod.Name: "GetAwaiter", Instance: { } task } } => [task],
        _ => [],
    };

    /// <summary>Returns the location of a wait.</summary>
    public static Location PlaceOf(IOperation wait) =>
        (wait.Syntax switch
        {
            MemberAccessExpressionSyntax access => access.Name,
            InvocationExpressionSyntax invocation when MethodName.Of(invocation) is { } name => name,
            var syntax => syntax,
        }).GetLocation();

    private static IEnumerable<IOperation> Elements(IInvocationOperation wait) =>
        wait.Arguments.SelectMany(argument => ElementsOf(argument.Value));

    private static IEnumerable<IOperation> ElementsOf(IOperation tasks) => tasks switch
    {
        IConversionOperation conversion => ElementsOf(conversion.Operand),
        IArrayCreationOperation { Initializer: { } initializer } => initializer.ElementValues,
        ICollectionExpressionOperation collection => collection.Elements,
        _ => [],
    };
}
