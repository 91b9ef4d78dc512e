using ExperimentFramework.DataPlane.CompilerServices;

namespace ExperimentFramework.DataPlane;

/// <summary>What is wrong with an experiment, collected, so that one message tells all of it.</summary>
internal sealed class ExperimentValidationErrors
{
    private readonly List<string> _errors = [];

    public void Add(string fault) => _errors.Add(fault);

    /// <summary>Checks semantics and sampling rate, as set by hand and as compiled in.</summary>
    public void CheckRecording(ExposureSemantics? semantics, double? samplingRate, ExposureContract contract)
    {
        CheckRecording("WithSemantics", semantics, "WithSamplingRate", samplingRate);
        CheckRecording("[ExposureLogged(Semantics)]", contract.Semantics, "[ExposureLogged(SamplingRate)]", contract.SamplingRate);
    }

    public void CheckName(string experimentName)
    {
        if (NameRules.Validate(experimentName) is { } fault)
        {
            _errors.Add($"The experiment's name '{experimentName}' {fault}.");
        }
    }

    /// <summary>Throws when there is a fault.</summary>
    /// <exception cref="InvalidOperationException">There is at least one fault; the message names all.</exception>
    public void ThrowIfAny(string experimentName, Type serviceType)
    {
        if (_errors.Count > 0)
        {
            throw new InvalidOperationException($"Experiment '{experimentName}' of {serviceType} cannot start: {string.Join(" ", _errors)}");
        }
    }

    private void CheckRecording(string semanticsName, ExposureSemantics? semantics, string rateName, double? rate)
    {
        if (semantics is { } set && DataPlaneOptionsValidator.SemanticsError(set) is { } semanticsFault)
        {
            _errors.Add($"{semanticsName} {semanticsFault}");
        }

        if (rate is { } share && DataPlaneOptionsValidator.SamplingRateError(share) is { } rateFault)
        {
            _errors.Add($"{rateName} {rateFault}");
        }
    }
}
