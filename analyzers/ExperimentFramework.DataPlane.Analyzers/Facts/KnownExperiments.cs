using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>The experiments of a compilation, by name.</summary>
internal sealed class KnownExperiments
{
    private readonly ILookup<string, (Registration Registration, TaggedInterface Tagged)> _byName;
    private readonly ILookup<string, NamedExperiment> _withoutInterface;
    private readonly CompilationFacts _facts;
    private readonly bool _isReadable;

    public KnownExperiments(CompilationFacts facts)
    {
        _facts = facts;
        var named = facts.Registrations
            .Select(registration => (Registration: registration, Tagged: facts.Tagged(registration.Service)))
            .Select(pair => (pair.Registration, pair.Tagged, Name: pair.Tagged is null ? null : pair.Registration.ExperimentName(pair.Tagged)))
            .ToList();
        var withoutInterface = facts.NamedExperiments;
        _isReadable = named.Count + withoutInterface.Count > 0
            && named.All(experiment => experiment.Name is not null)
            && withoutInterface.All(experiment => experiment.Name is not null);
        _withoutInterface = withoutInterface.Where(experiment => experiment.Name is not null).ToLookup(experiment => experiment.Name!, StringComparer.Ordinal);
        _byName = named.Where(experiment => experiment.Name is not null)
            .ToLookup(experiment => experiment.Name!, experiment => (experiment.Registration, experiment.Tagged!), StringComparer.Ordinal);
    }

    /// <summary>Gets the names; null if there may be others.</summary>
    public IReadOnlyList<string>? Names =>
        _isReadable && !_facts.MayRegisterElsewhere
            ? [.. _byName.Select(experiment => experiment.Key).Concat(_withoutInterface.Select(experiment => experiment.Key)).OrderBy(name => name, StringComparer.Ordinal)]
            : null;

    /// <summary>Returns the variants of an experiment; null if unknown.</summary>
    public IReadOnlyList<string>? VariantsOf(string experiment)
    {
        var keys = _byName[experiment].Select(registered => registered.Registration.VariantKeys)
            .Concat(_withoutInterface[experiment].Select(registered => registered.VariantKeys))
            .ToList();
        return keys.Count == 0 || keys.Contains(null) ? null : [.. keys.SelectMany(each => each!).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>Returns the subject types that the members of an experiment declare; null if a member does not declare its subject or subject type.</summary>
    public IReadOnlyList<string>? SubjectTypesOf(string experiment)
    {
        var types = _byName[experiment]
            .SelectMany(registered => registered.Tagged.ExposingMembers(_facts.Compilation))
            .Select(SubjectTypeOf)
            .ToList();
        return types.Count == 0 || types.Contains(null) ? null : [.. types.Select(type => type!).Distinct(StringComparer.Ordinal)];
    }

    private static string? SubjectTypeOf(ISymbol member) => TaggedInterface.ParametersOf(member)
        .Select(parameter => SymbolName.Attribute(parameter, WellKnownNames.ExposureSubject))
        .FirstOrDefault(tag => tag is not null)?.ConstructorArguments.FirstOrDefault().Value as string;
}
