using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Finds published events of experiments and variants that are not registered.</summary>
internal sealed class UnknownExperimentRule : ICompilationRule
{
    /// <inheritdoc/>
    public DiagnosticDescriptor Descriptor => ExposureDescriptors.UnknownExperiment;

    /// <inheritdoc/>
    public IEnumerable<Diagnostic> Check(CompilationFacts facts, CancellationToken cancellationToken)
    {
        var published = facts.PublishedEvents;
        if (published.Count == 0)
        {
            yield break;
        }

        var experiments = new KnownExperiments(facts);
        var names = experiments.Names;
        foreach (var one in published)
        {
            if (one.Constant("ExperimentName") is not var (name, place))
            {
                continue;
            }

            if (names?.Contains(name) == false)
            {
                yield return Diagnostic.Create(Descriptor, place, "Experiment", name, "the experiments are " + Quoted(names));
            }
            else if (experiments.VariantsOf(name) is { } variants)
            {
                foreach (var (key, at) in one.Variants.Where(variant => !variants.Contains(variant.Value)))
                {
                    yield return Diagnostic.Create(Descriptor, at, "Variant", key, $"experiment '{name}' has {Quoted(variants)}");
                }
            }
        }
    }

    private static string Quoted(IReadOnlyList<string> names) => string.Join(", ", names.Select(name => $"'{name}'"));
}
