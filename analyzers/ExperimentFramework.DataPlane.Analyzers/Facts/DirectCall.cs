using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>A call that decides or exposes by name, or records a metric or an exposure, without a tagged interface.</summary>
internal sealed class DirectCall
{
    private DirectCall(IInvocationOperation call, bool? hasSubject, string? experiment = null, bool asksProvider = true)
    {
        Method = call.TargetMethod.Name;
        Place = TrialDescription.NameLocation(call);
        Experiment = experiment is null ? null : TrialDescription.Constant(call, experiment) is (string name, { } place) ? (name, place) : null;
        HasSubject = hasSubject;
        AsksProvider = asksProvider;
    }

    /// <summary>Gets the name of the method.</summary>
    public string Method { get; }

    /// <summary>Gets the location of the method's name.</summary>
    public Location Place { get; }

    /// <summary>Gets the experiment that the call names; null if it names none, or the name is not a constant.</summary>
    public (string Name, Location Place)? Experiment { get; }

    /// <summary>Gets whether the call names its subject; null if unknown.</summary>
    public bool? HasSubject { get; }

    /// <summary>Gets whether a subject provider is asked for a subject that the call does not name.</summary>
    public bool AsksProvider { get; }

    /// <summary>Returns the call; null if it is a call to something else.</summary>
    public static DirectCall? Of(IInvocationOperation call)
    {
        var type = call.TargetMethod.ContainingType;
        return SymbolName.Is(type, KnownNames.Experiments) ? new DirectCall(call, PassesText(call, "subjectId"), "experiment")
            : SymbolName.Is(type, KnownNames.MetricRecorder) ? new DirectCall(call, DetailsNameSubject(call))
            : SymbolName.Is(type, KnownNames.ExposureRecorder) ? new DirectCall(call, CreatedObject.Of(call, "exposure")?.HasSubject)
            : SymbolName.Is(type, KnownNames.Publisher) && CreatedObject.Of(call, "dataPlaneEvent") is { } published && SymbolName.Is(published.Type, KnownNames.MetricEvent)
                ? new DirectCall(call, published.HasSubject, asksProvider: false)
            : null;
    }

    private static bool? DetailsNameSubject(IInvocationOperation call) =>
        call.Arguments.FirstOrDefault(argument => argument.Parameter?.Name == "details")?.Value is { } details
        && (details.ConstantValue is { HasValue: true, Value: null } || details is IDefaultValueOperation)
            ? false
            : CreatedObject.Of(call, "details")?.HasSubject;

    private static bool? PassesText(IInvocationOperation call, string parameter) =>
        call.Arguments.FirstOrDefault(argument => argument.Parameter?.Name == parameter)?.Value is { } value ? !CreatedObject.IsNothing(value) : null;
}
