using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Finds events and calls that name experiments or variants that are not registered.</summary>
internal sealed class UnknownExperimentRule : ICompilationRule
{
    /// <inheritdoc/>
    public DiagnosticDescriptor Descriptor => ExposureDescriptors.UnknownExperiment;

    /// <inheritdoc/>
    public IEnumerable<Diagnostic> Check(CompilationFacts facts, CancellationToken cancellationToken)
    {
        var published = facts.PublishedEvents;
        var called = facts.DirectCalls.Select(call => call.Experiment).OfType<(string Name, Location Place)>().ToList();
        if (published.Count == 0 && called.Count == 0)
        {
            yield break;
        }

        var experiments = new KnownExperiments(facts);
        var names = experiments.Names;
        foreach (var (name, place) in called.Where(experiment => names?.Contains(experiment.Name) == false))
        {
            yield return Unknown(name, place, names!);
        }

        foreach (var one in published)
        {
            if (one.Constant("ExperimentName") is not var (name, place))
            {
                continue;
            }

            if (names?.Contains(name) == false)
            {
                // What is decided elsewhere need not be registered here; only a name in another case is certain to be a mistake.
                if (!one.IsDecidedElsewhere || names.Contains(name, StringComparer.OrdinalIgnoreCase))
                {
                    yield return Unknown(name, place, names);
                }
            }
            else if (experiments.VariantsOf(name) is { } variants)
            {
                var comparer = one.IsDecidedElsewhere ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;
                foreach (var (key, at) in one.Variants.Where(variant => !variants.Contains(variant.Value, comparer)))
                {
                    yield return Diagnostic.Create(Descriptor, at, "Variant", key, $"experiment '{name}' has {Quoted(variants)}");
                }
            }
        }
    }

    private Diagnostic Unknown(string name, Location place, IReadOnlyList<string> names) =>
        Diagnostic.Create(Descriptor, place, "Experiment", name, "the experiments are " + Quoted(names));

    private static string Quoted(IReadOnlyList<string> names) => string.Join(", ", names.Select(name => $"'{name}'"));
}
