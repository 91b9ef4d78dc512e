namespace ExperimentFramework.DataPlane.OpenTelemetry;

/// <summary>The names of events: that of the semantic conventions for exposures, and names under <c>experiment</c> for all others.</summary>
internal static class EventNames
{
    public static readonly AttributeName Evaluation = new("feature_flag.evaluation");
    public static readonly AttributeName Assignment = new("experiment.assignment");
    public static readonly AttributeName Outcome = new("experiment.outcome");
    public static readonly AttributeName Metric = new("experiment.metric");
    public static readonly AttributeName Signal = new("experiment.signal");
    public static readonly AttributeName Error = new("experiment.error");
    public static readonly AttributeName Account = new("experiment.account");

    /// <summary>An event of a type that this version does not know, which was read from the output of a newer one.</summary>
    public static readonly AttributeName Unknown = new("experiment.unknown");

    public static AttributeName Of(DataPlaneEvent payload) => payload switch
    {
        ExposureEvent => Evaluation,
        AssignmentEvent => Assignment,
        OutcomeEvent => Outcome,
        MetricEvent => Metric,
        AnalysisSignalEvent => Signal,
        ErrorEvent => Error,
        AccountingEvent => Account,
        _ => Unknown,
    };
}
