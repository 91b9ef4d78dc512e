using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>A call that decides, exposes or records a metric by name, without a tagged interface.</summary>
internal sealed class DirectCall
{
    private DirectCall(IInvocationOperation call, string? experiment, bool? hasSubject)
    {
        Method = call.TargetMethod.Name;
        Place = TrialDescription.NameLocation(call);
        Experiment = experiment is null ? null : TrialDescription.Constant(call, experiment) is (string name, { } place) ? (name, place) : null;
        HasSubject = hasSubject;
    }

    /// <summary>Gets the name of the method.</summary>
    public string Method { get; }

    /// <summary>Gets the location of the method's name.</summary>
    public Location Place { get; }

    /// <summary>Gets the experiment that the call names; null if it names none, or the name is not a constant.</summary>
    public (string Name, Location Place)? Experiment { get; }

    /// <summary>Gets whether the call names its subject; null if unknown.</summary>
    public bool? HasSubject { get; }

    /// <summary>Returns the call; null if it is a call to something else.</summary>
    public static DirectCall? Of(IInvocationOperation call)
    {
        var type = call.TargetMethod.ContainingType;
        return SymbolName.Is(type, KnownNames.Experiments) ? new DirectCall(call, "experiment", PassesText(call, "subjectId"))
            : SymbolName.Is(type, KnownNames.MetricRecorder) ? new DirectCall(call, null, DetailsNameSubject(call))
            : null;
    }

    private static bool? DetailsNameSubject(IInvocationOperation call) =>
        call.Arguments.FirstOrDefault(argument => argument.Parameter?.Name == "details")?.Value is not { } details ? null
        : details.ConstantValue is { HasValue: true, Value: null } || details is IDefaultValueOperation ? false
        : CreatedObject.Of(details) is { } created ? created.Sets("SubjectId")
        : null;

    private static bool? PassesText(IInvocationOperation call, string parameter) =>
        call.Arguments.FirstOrDefault(argument => argument.Parameter?.Name == parameter)?.Value is { } value
            ? value.ConstantValue is not { HasValue: true, Value: null or "" }
            : null;
}
