using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Finds published events whose subject type differs from that of the experiment's exposures.</summary>
internal sealed class SubjectTypeRule : ICompilationRule
{
    private const string SubjectType = nameof(SubjectType);

    /// <inheritdoc/>
    public DiagnosticDescriptor Descriptor => SubjectDescriptors.SubjectTypeMissing;

    /// <inheritdoc/>
    public IEnumerable<Diagnostic> Check(CompilationFacts facts, CancellationToken cancellationToken)
    {
        var published = facts.PublishedEvents;
        if (published.Count == 0)
        {
            yield break;
        }

        var experiments = new KnownExperiments(facts);
        foreach (var one in published.Where(one => one.Sets("SubjectId")))
        {
            if (one.Constant("ExperimentName") is not var (name, _) || experiments.SubjectTypesOf(name) is not { } types)
            {
                continue;
            }

            var expected = string.Join(" or ", types.Select(type => $"'{type}'"));
            if (!one.Sets(SubjectType))
            {
                yield return Diagnostic.Create(Descriptor, one.Place, name, expected, "has none");
            }
            else if (one.Constant(SubjectType) is var (type, place) && !types.Contains(type))
            {
                yield return Diagnostic.Create(Descriptor, place, name, expected, $"has '{type}'");
            }
        }
    }
}
