using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Finds interfaces that record outcomes although code disables outcome events.</summary>
internal sealed class OutcomesOffRule : ICompilationRule
{
    /// <inheritdoc/>
    public DiagnosticDescriptor Descriptor => ExposureDescriptors.OutcomesOff;

    /// <inheritdoc/>
    public IEnumerable<Diagnostic> Check(CompilationFacts facts, CancellationToken cancellationToken)
    {
        var off = facts.Delivery.OutcomesOff;
        if (off.Count == 0)
        {
            return [];
        }

        var recording = facts.Registrations
            .Select(registration => facts.Tagged(registration.Service))
            .FirstOrDefault(tagged => tagged is not null && tagged.TryGet("RecordOutcomes", out bool records) && records);
        return recording is null || facts.MayHaveOptionsElsewhere
            ? []
            : off.Select(place => Diagnostic.Create(Descriptor, place, recording.Type.Name));
    }
}
