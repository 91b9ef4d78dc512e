using ExperimentFramework.DataPlane.CompilerServices;

namespace ExperimentFramework.DataPlane;

/// <summary>Collects the validation errors of an experiment, so that one exception reports all of them.</summary>
internal sealed class ExperimentValidationErrors
{
    private readonly List<string> _errors = [];

    public void Add(string error) => _errors.Add(error);

    /// <summary>Checks the semantics and sampling rate, both as set in the registration and as set in the attribute.</summary>
    public void CheckRecording(ExposureSemantics? semantics, double? samplingRate, ExposureContract contract)
    {
        CheckRecording(semantics, samplingRate);
        CheckRecording("[ExposureLogged(Semantics)]", contract.Semantics, "[ExposureLogged(SamplingRate)]", contract.SamplingRate);
    }

    /// <summary>Checks the semantics and sampling rate as set in the registration.</summary>
    public void CheckRecording(ExposureSemantics? semantics, double? samplingRate) =>
        CheckRecording("WithSemantics", semantics, "WithSamplingRate", samplingRate);

    public void CheckName(string experimentName)
    {
        if (NameRules.Validate(experimentName) is { } error)
        {
            _errors.Add($"The experiment name '{experimentName}' {error}. Use a short name that does not change, such as 'checkout-pricing'.");
        }
        else if (experimentName == ExperimentNames.All)
        {
            _errors.Add($"The experiment name '{experimentName}' is reserved for events that belong to no single experiment. Use another name.");
        }
    }

    /// <summary>Throws if there are errors.</summary>
    /// <param name="experimentName">The experiment's name.</param>
    /// <param name="serviceType">The tagged interface; null for an experiment without one.</param>
    /// <exception cref="InvalidOperationException">There is at least one error; the message lists all of them.</exception>
    public void ThrowIfAny(string experimentName, Type? serviceType = null)
    {
        if (_errors.Count > 0)
        {
            throw new InvalidOperationException($"Experiment '{experimentName}'{(serviceType is null ? "" : $" of {serviceType}")} cannot start: {string.Join(" ", _errors)}");
        }
    }

    private void CheckRecording(string semanticsName, ExposureSemantics? semantics, string rateName, double? rate)
    {
        if (semantics is { } set && DataPlaneOptionsValidator.SemanticsError(set) is { } semanticsError)
        {
            _errors.Add($"{semanticsName} {semanticsError}");
        }

        if (rate is { } share && DataPlaneOptionsValidator.SamplingRateError(share) is { } rateError)
        {
            _errors.Add($"{rateName} {rateError}");
        }
    }
}
