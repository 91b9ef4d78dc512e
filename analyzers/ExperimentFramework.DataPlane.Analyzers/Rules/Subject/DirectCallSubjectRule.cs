using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>
/// Finds calls that do not name their subject, if no provider can be asked for it either. A library may leave the provider to its users, but no provider is
/// asked for the subject of an event.
/// </summary>
internal sealed class DirectCallSubjectRule : ICompilationRule
{
    private const string ProviderRemedy = "pass the subject's id, or register an ISubjectIdentityProvider";
    private const string EventRemedy = "set SubjectId of the MetricEvent, or record the metric with IMetricRecorder, which asks the ISubjectIdentityProvider";

    /// <inheritdoc/>
    public DiagnosticDescriptor Descriptor => SubjectDescriptors.DirectCallWithoutSubject;

    /// <inheritdoc/>
    public IEnumerable<Diagnostic> Check(CompilationFacts facts, CancellationToken cancellationToken)
    {
        var unidentified = facts.DirectCalls.Where(call => call.HasSubject == false).ToList();
        var mayBeIdentified = unidentified.Any(call => call.AsksProvider) && facts.MayHaveSubjectProvider;
        return unidentified
            .Where(call => !call.AsksProvider || !mayBeIdentified)
            .Select(call => Diagnostic.Create(Descriptor, call.Place, call.Method, call.AsksProvider ? ProviderRemedy : EventRemedy));
    }
}
