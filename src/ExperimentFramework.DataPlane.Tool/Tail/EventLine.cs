using System.Globalization;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>The parts of an event that a line of <c>tail</c> shows.</summary>
internal static class EventLine
{
    public static string TypeOf(DataPlaneEnvelope envelope) => envelope.Payload is UnknownEvent unknown ? unknown.EventTypeName : envelope.EventType.ToString();

    public static string? VariantOf(DataPlaneEvent payload) => payload switch
    {
        ExposureEvent exposure => exposure.AssignedVariantKey ?? exposure.VariantKey,
        OutcomeEvent outcome => outcome.AssignedVariantKey ?? outcome.VariantKey,
        AssignmentEvent change => change.NewVariantKey,
        _ => null,
    };

    public static string? SubjectOf(DataPlaneEvent payload) => payload switch
    {
        ExposureEvent exposure => exposure.SubjectId,
        OutcomeEvent outcome => outcome.SubjectId,
        AssignmentEvent change => change.SubjectId,
        MetricEvent metric => metric.SubjectId,
        _ => null,
    };

    public static string? TenantOf(DataPlaneEvent payload) => payload switch
    {
        ExposureEvent exposure => exposure.TenantId,
        OutcomeEvent outcome => outcome.TenantId,
        AssignmentEvent change => change.TenantId,
        MetricEvent metric => metric.TenantId,
        _ => null,
    };

    /// <summary>What the event says beside experiment, variant and subject.</summary>
    public static string DetailOf(DataPlaneEvent payload) => payload switch
    {
        ExposureEvent exposure => exposure.AssignedVariantKey is null ? exposure.SelectionReason : $"{exposure.SelectionReason}, answered by {exposure.VariantKey}",
        OutcomeEvent outcome => string.Create(
            CultureInfo.InvariantCulture,
            $"{outcome.OutcomeName} {outcome.Result}{(outcome.Duration is { } duration ? $" {duration.TotalMilliseconds:0.###} ms" : "")}{(outcome.ErrorType is { } error ? $" {error}" : "")}"),
        AssignmentEvent change => $"was {change.PreviousVariantKey}: {change.ChangeReason}",
        MetricEvent metric => string.Create(CultureInfo.InvariantCulture, $"{metric.MetricName} {metric.Value} {metric.Unit}").TrimEnd(),
        AnalysisSignalEvent signal => $"{signal.Severity} {signal.SignalType}: {signal.Message}",
        ErrorEvent error => $"{error.Source}: {error.Message}",
        AccountingEvent account => string.Create(
            CultureInfo.InvariantCulture,
            $"account {account.SequenceNumber} of {account.ProducerId} for {account.Destination}{(account.IsLast ? ", the last" : "")}: {Saturating.Sum(account.Published.Select(static row => row.Count))} published, {Saturating.Sum(account.Drops.Select(static row => row.Count))} dropped"),
        _ => "",
    };
}
