using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>The steps of <see cref="CompilationAnalyzer"/>. A rule may throw without affecting the others.</summary>
internal sealed record CompilationSteps
{
    /// <summary>Gets the rules that are applied at the end.</summary>
    public ImmutableArray<ICompilationRule> Rules { get; init; } =
    [
        new ExplicitWithoutCallRule(),
        new RedundantCallRule(),
        new ExperimentClaimRule(),
        new UnknownSubjectRule(),
        new PersonalDataRule(),
        new UnregisteredInterfaceRule(),
        new BlockingMembersRule(),
        new StoreMissingRule(),
        new UnknownExperimentRule(),
        new OutcomesOffRule(),
        new SubjectTypeRule(),
        new UselessSubjectRule(),
        new DirectCallSubjectRule(),
        new PinnedPropertyRule(),
        new InjectedVariantRule(),
        new UnusedStoreRule(),
        new UnusedOutboxRule(),
    ];

    /// <summary>Gets the step that reads the facts from one tree.</summary>
    public Action<CompilationFacts, SemanticModel, CancellationToken> ReadTree { get; init; } =
        static (facts, model, cancellationToken) => new FactReader(facts, model, cancellationToken).Read();
}
