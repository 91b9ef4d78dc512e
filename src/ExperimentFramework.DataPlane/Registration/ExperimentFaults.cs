namespace ExperimentFramework.DataPlane;

/// <summary>What is wrong with an experiment, collected, so that one message tells all of it.</summary>
internal sealed class ExperimentFaults
{
    private readonly List<string> _faults = [];

    public void Add(string fault) => _faults.Add(fault);

    /// <summary>Checks semantics and sampling rate, as set by hand and as compiled in.</summary>
    public void CheckRecording(ExposureSemantics? semantics, double? samplingRate, ExposureContract contract)
    {
        CheckRecording("WithSemantics", semantics, "WithSamplingRate", samplingRate);
        CheckRecording("[ExposureLogged(Semantics)]", contract.Semantics, "[ExposureLogged(SamplingRate)]", contract.SamplingRate);
    }

    public void CheckName(string experimentName)
    {
        if (ExperimentName.Fault(experimentName) is { } fault)
        {
            _faults.Add($"The experiment's name '{experimentName}' {fault}.");
        }
    }

    /// <summary>Throws when there is a fault.</summary>
    /// <exception cref="InvalidOperationException">There is at least one fault; the message names all.</exception>
    public void ThrowIfAny(string experimentName, Type serviceType)
    {
        if (_faults.Count > 0)
        {
            throw new InvalidOperationException($"Experiment '{experimentName}' of {serviceType} cannot start: {string.Join(" ", _faults)}");
        }
    }

    private void CheckRecording(string semanticsName, ExposureSemantics? semantics, string rateName, double? rate)
    {
        if (semantics is { } set && DataPlaneOptionsValidator.SemanticsFault(set) is { } semanticsFault)
        {
            _faults.Add($"{semanticsName} {semanticsFault}");
        }

        if (rate is { } share && DataPlaneOptionsValidator.SamplingRateFault(share) is { } rateFault)
        {
            _faults.Add($"{rateName} {rateFault}");
        }
    }
}
