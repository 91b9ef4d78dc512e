using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane;

/// <summary>Validates the values of variants in <see cref="ExperimentOptions.Variants"/> against those that the experiments declare.</summary>
internal sealed class VariantValuesValidator(IEnumerable<KnownExperiment> experiments) : IValidateOptions<DataPlaneOptions>
{
    public ValidateOptionsResult Validate(string? name, DataPlaneOptions options)
    {
        // An entry for an experiment that is not registered is reported at start-up and has no effect.
        var errors = experiments
            .SelectMany(experiment => options.Experiments.TryGetValue(experiment.Name, out var own) ? Errors(experiment, own) : [])
            .ToArray();
        return OptionFailures.Result(errors);
    }

    private static string Remedy(KnownExperiment experiment) => experiment.Service is { } service
        ? $"Remove the section: the experiment's variants are implementations of {CSharpTypeName.Of(service)}, and only experiments without an interface have values."
        : $"Declare them with AddValue in Experiment(\"{experiment.Name}\", ...), or remove the section.";

    private static IEnumerable<string> Errors(KnownExperiment experiment, ExperimentOptions own)
    {
        if (own.Variants.Count == 0)
        {
            return [];
        }

        var entry = $"DataPlaneOptions.{nameof(DataPlaneOptions.Experiments)}:{experiment.Name}:{nameof(own.Variants)}";
        return experiment.Values is { } declared
            ? declared.Errors(own.Variants).Select(error => entry + error)
            : [$"{entry} sets values, but experiment '{experiment.Name}' declares none. {Remedy(experiment)}"];
    }
}
