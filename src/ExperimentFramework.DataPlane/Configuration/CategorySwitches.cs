namespace ExperimentFramework.DataPlane;

/// <summary>Maps event categories to the options that enable them.</summary>
internal static class CategorySwitches
{
    /// <summary>Returns whether events of a category are published.</summary>
    public static bool IsEnabled(this DataPlaneOptions options, DataPlaneEventType category) => category switch
    {
        DataPlaneEventType.Exposure => options.EnableExposureEvents,
        DataPlaneEventType.Assignment => options.EnableAssignmentEvents,
        DataPlaneEventType.Outcome => options.EnableOutcomeEvents,
        DataPlaneEventType.AnalysisSignal => options.EnableAnalysisSignals,
        DataPlaneEventType.Metric => options.EnableMetricEvents,
        DataPlaneEventType.Accounting => options.EnableAccountingEvents,
        _ => options.EnableErrorEvents,
    };
}
