using ExperimentFramework.DataPlane;

namespace ExperimentFramework.DataPlaneSample;

/// <summary>Says in a sentence what an event means to an analyst.</summary>
internal static class EventMeaning
{
    public static string Of(DataPlaneEvent dataPlaneEvent) => dataPlaneEvent switch
    {
        ExposureEvent { AssignedVariantKey: { } assigned } exposure =>
            $"{Subject(exposure)} was assigned '{assigned}', but '{exposure.VariantKey}' answered ({exposure.SelectionReason}); analysts count the subject for '{assigned}'.",
        ExposureEvent exposure =>
            $"{Subject(exposure)} was served '{exposure.VariantKey}' for the first time ({exposure.SelectionReason}). Further calls of the subject are not recorded until it is served another variant or the repeat window ends.",
        OutcomeEvent { AssignedVariantKey: { } assigned } outcome =>
            $"{outcome.OutcomeName} of '{assigned}' failed, and '{outcome.VariantKey}' answered; analysts count the outcome for '{assigned}'.",
        OutcomeEvent { Result: OutcomeResult.Canceled } outcome => $"{outcome.OutcomeName} of '{outcome.VariantKey}' was canceled by its caller.",
        OutcomeEvent outcome =>
            $"{outcome.OutcomeName} of '{outcome.VariantKey}' {(outcome.Result == OutcomeResult.Success ? "succeeded" : $"failed with {outcome.ErrorType}")}.",
        MetricEvent metric =>
            $"The {metric.SubjectType ?? "subject"} '{metric.SubjectId}' has the value {metric.Value} {metric.Unit} of '{metric.MetricName}'; analysts join it with the subject's exposures.",
        AssignmentEvent change =>
            $"The subject moved from '{change.PreviousVariantKey}' to '{change.NewVariantKey}' ({change.ChangeReason}); its results may mix both.",
        AnalysisSignalEvent { SignalType: AnalysisSignalType.AllocationDeclared } declared =>
            $"The experiment splits its subjects by these weights from now on: {string.Join(", ", Weights(declared))}. Counts that differ from them show a broken experiment.",
        AnalysisSignalEvent signal => signal.Message,
        ErrorEvent => "Something went wrong in the data plane itself: counts from this time may be too low.",
        AccountingEvent account =>
            $"{account.Published.Sum(row => row.Count)} events were published so far and {account.Drops.Sum(row => row.Count)} dropped: anyone who has the stream can check that it is complete.",
        _ => "An event of a later version.",
    };

    private static string Subject(ExposureEvent exposure) =>
        exposure.SubjectId is null ? "An unknown subject" : $"The {exposure.SubjectType ?? "subject"} '{exposure.SubjectId}'";

    private static IEnumerable<string> Weights(AnalysisSignalEvent declared) => (declared.Data ?? new Dictionary<string, object?>())
        .Where(item => item.Key.StartsWith("weight:", StringComparison.Ordinal))
        .Select(item => $"{item.Key["weight:".Length..]} {item.Value}");
}
