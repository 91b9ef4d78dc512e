namespace ExperimentFramework.DataPlane.Generators.Model;

/// <summary>The names of an experiment that a project registers, for its constants.</summary>
/// <param name="Name">The experiment's name.</param>
/// <param name="Variants">The keys of its variants that are constants in source, control first.</param>
internal sealed record ExperimentNamesModel(string Name, EquatableArray<string> Variants);

/// <summary>The names of all experiments of a project, each once.</summary>
/// <param name="All">The experiments, sorted by name.</param>
internal sealed record ExperimentConstantsModel(EquatableArray<ExperimentNamesModel> All)
{
    /// <summary>Combines the calls that register the same experiment.</summary>
    public static ExperimentConstantsModel Of(IEnumerable<ExperimentNamesModel> registered) => new(registered
        .GroupBy(experiment => experiment.Name, StringComparer.Ordinal)
        .OrderBy(same => same.Key, StringComparer.Ordinal)
        .Select(same => new ExperimentNamesModel(same.Key, same.SelectMany(each => each.Variants).Distinct(StringComparer.OrdinalIgnoreCase).ToEquatableArray()))
        .ToEquatableArray());
}
