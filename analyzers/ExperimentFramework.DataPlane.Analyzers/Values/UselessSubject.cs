using System.Collections.Immutable;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>A subject id that does not identify a subject.</summary>
internal sealed class UselessSubject
{
    private const string EmptyProblem = "is empty";
    private const string EmptyRemedy = "the call has no subject; pass the subject's id";

    private UselessSubject(Location place, string problem, string remedy, bool mayBeReplaced)
    {
        Place = place;
        Problem = problem;
        Remedy = remedy;
        MayBeReplaced = mayBeReplaced;
    }

    public Location Place { get; }

    /// <summary>Gets what is wrong, as the continuation of "The subject id".</summary>
    public string Problem { get; }

    public string Remedy { get; }

    /// <summary>Gets whether a subject provider is asked for the id instead.</summary>
    public bool MayBeReplaced { get; }

    /// <summary>The methods, with their types, to which an object with the subject's id is passed.</summary>
    private static readonly ImmutableArray<(string Type, string Method)> Recorders =
    [
        (KnownNames.MetricRecorder, "RecordAsync"),
        (KnownNames.ExposureRecorder, "RecordAsync"),
        (KnownNames.Publisher, "PublishAsync"),
    ];

    /// <summary>
    /// Returns the useless subject id that a call passes; null if none is known to be useless. A call without a tagged interface whose id is empty has no
    /// subject, which is reported by <see cref="DirectCallSubjectRule"/>.
    /// </summary>
    public static UselessSubject? OfCall(IInvocationOperation call) => call.Arguments
        .Where(argument => argument is { ArgumentKind: ArgumentKind.Explicit, Parameter: not null })
        .Select(argument =>
            IsSubject(argument.Parameter!) ? Of(argument.Value)
            : IsSubjectByName(argument.Parameter!) && Of(argument.Value) is { MayBeReplaced: false } found ? found
            : null)
        .FirstOrDefault(found => found is not null) ?? OfRecorded(call);

    /// <summary>
    /// Returns the useless subject id of a provider, whose <c>TryGetSubjectId</c> never returns an id or never returns the same one; null if there is none.
    /// </summary>
    public static UselessSubject? OfProvider(IMethodSymbol method, IEnumerable<IOperation> blocks)
    {
        if (method is not { Name: "TryGetSubjectId", Parameters: { Length: 1 } parameters }
            || parameters[0] is not { RefKind: RefKind.Out } id
            || !method.ContainingType.AllInterfaces.Any(type => SymbolName.Is(type, KnownNames.SubjectProvider)))
        {
            return null;
        }

        var operations = blocks.SelectMany(block => block.DescendantsAndSelf()).ToList();
        var returns = operations.OfType<IReturnOperation>().Where(operation => operation.ReturnedValue is not null).ToList();
        if (returns.Count > 0 && returns.All(operation => operation.ReturnedValue!.ConstantValue is { HasValue: true, Value: false }))
        {
            return new UselessSubject(method.Locations[0], "is never known", "TryGetSubjectId always returns false, so the subject of every call is unknown; return true with the subject's id", mayBeReplaced: false);
        }

        var values = operations.OfType<ISimpleAssignmentOperation>()
            .Where(assignment => assignment.Target is IParameterReferenceOperation target && SymbolEqualityComparer.Default.Equals(target.Parameter, id))
            .Select(assignment => assignment.Value)
            .ToList();
        return values.Count == 1 && Of(values[0]) is { } found && (found.Problem != EmptyProblem || returns.All(operation => operation.ReturnedValue!.ConstantValue.HasValue))
            ? new UselessSubject(found.Place, found.Problem, found.Remedy, mayBeReplaced: false)
            : null;
    }

    /// <summary>Returns the useless id in the object that a call records or publishes, if the call creates it.</summary>
    private static UselessSubject? OfRecorded(IInvocationOperation call) =>
        Recorders.Any(entry => entry.Method == call.TargetMethod.Name && SymbolName.Is(call.TargetMethod.ContainingType, entry.Type))
            ? call.Arguments
                .Select(argument => CreatedObject.Of(argument.Value)?.Value("SubjectId"))
                .Select(id => id is null ? null : Of(id))
                .FirstOrDefault(found => found is { MayBeReplaced: false })
            : null;

    private static bool IsSubjectByName(IParameterSymbol parameter) =>
        parameter is { Name: "subjectId", ContainingSymbol.ContainingType: { } type }
        && (SymbolName.Is(type, KnownNames.Experiments) || SymbolName.Is(type, KnownNames.SubjectAssignments));

    private static bool IsSubject(IParameterSymbol parameter) =>
        SymbolName.Attribute(parameter, WellKnownNames.ExposureSubject) is not null
        || (parameter is { Name: "subjectId", ContainingSymbol: IMethodSymbol { Name: "LogExposureAsync", ContainingType: { Name: "IExposureLogger", ContainingNamespace: { } space } } }
            && space.ToDisplayString() == WellKnownNames.Namespace);

    private static UselessSubject? Of(IOperation value) =>
        CreatedObject.IsNothing(value) ? new UselessSubject(value.Syntax.GetLocation(), EmptyProblem, EmptyRemedy, mayBeReplaced: true)
        : IsEmptyGuid(value) ? new UselessSubject(value.Syntax.GetLocation(), "is the empty Guid", "all calls have the same subject; pass the subject's id", mayBeReplaced: false)
        : VolatileValue.Of(value) switch
        {
            null => null,
            Volatility.New or Volatility.Time => new UselessSubject(value.Syntax.GetLocation(), "is new on every call", "no subject is seen twice; use an id that stays the same for a subject", mayBeReplaced: false),
            Volatility.Process => new UselessSubject(
                value.Syntax.GetLocation(), "is a hash code, which differs in each process", "no subject is recognized after a restart or on another host; use an id that stays the same for a subject", mayBeReplaced: false),
            _ => Dated(value.Syntax.GetLocation(), "is the current date or time"),
        };

    /// <summary>Creates the finding for a parameter whose type is a date or a time.</summary>
    public static UselessSubject OfTime(Location place, string type) => Dated(place, $"is a {type}");

    private static UselessSubject Dated(Location place, string problem) =>
        new(place, problem, "it identifies a time and not a subject; use an id that stays the same for a subject", mayBeReplaced: false);

    private static bool IsEmptyGuid(IOperation value) => value switch
    {
        IConversionOperation conversion => IsEmptyGuid(conversion.Operand),
        IInvocationOperation { TargetMethod.Name: "ToString", Instance: { } instance } => IsEmptyGuid(instance),
        IFieldReferenceOperation { Field: { Name: "Empty", ContainingType: var type } } => SymbolName.Is(type, "System.Guid"),
        IDefaultValueOperation { Type: var type } => SymbolName.Is(type, "System.Guid"),
        IObjectCreationOperation { Arguments.IsEmpty: true, Type: var type } => SymbolName.Is(type, "System.Guid"),
        _ => false,
    };
}
