namespace ExperimentFramework.DataPlane;

/// <summary>Whether events of one category are made, under the options in force now.</summary>
internal sealed class CategorySwitch
{
    private readonly Func<DataPlaneOptions, bool> _isOnUnder;
    private volatile bool _isOn;

    public CategorySwitch(CurrentOptions options, DataPlaneEventType category)
    {
        _isOnUnder = category switch
        {
            DataPlaneEventType.Exposure => static options => options.EnableExposureEvents,
            DataPlaneEventType.Assignment => static options => options.EnableAssignmentEvents,
            DataPlaneEventType.Outcome => static options => options.EnableOutcomeEvents,
            DataPlaneEventType.AnalysisSignal => static options => options.EnableAnalysisSignals,
            _ => static options => options.EnableErrorEvents,
        };
        options.OnChange(taken => _isOn = _isOnUnder(taken));
    }

    public bool IsOn => _isOn;
}
