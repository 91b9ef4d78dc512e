namespace ExperimentFramework.DataPlane.Tool;

/// <summary>A condition on events, such as <c>experiment=checkout</c>. Several of them must all hold.</summary>
/// <param name="Field">What is compared.</param>
/// <param name="Value">The text it must be.</param>
/// <param name="IsNegated">Whether it must be another one.</param>
internal sealed record EventFilter(string Field, string Value, bool IsNegated)
{
    /// <summary>The fields that can be compared.</summary>
    public static readonly IReadOnlyList<string> Fields = ["type", "experiment", "variant", "subject", "tenant", "producer", "reason", "result", "metric", "severity", "signal"];

    /// <summary>Reads a condition.</summary>
    /// <param name="text">The condition: <c>FIELD=VALUE</c> or <c>FIELD!=VALUE</c>.</param>
    /// <returns>Null if the text is none.</returns>
    public static EventFilter? Parse(string text)
    {
        var equals = text.IndexOf('=');
        var isNegated = equals > 0 && text[equals - 1] == '!';
        var field = equals > 0 ? text[..(isNegated ? equals - 1 : equals)].Trim() : "";
        return Fields.Contains(field, StringComparer.Ordinal) ? new EventFilter(field, text[(equals + 1)..].Trim(), isNegated) : null;
    }

    /// <summary>Whether an event fulfils the condition. A field that an event does not have is an empty text.</summary>
    public bool Holds(DataPlaneEnvelope envelope) => string.Equals(ValueOf(envelope), Value, HasFixedValues ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal) != IsNegated;

    /// <summary>Whether the values are not names and ids, which may differ in case alone.</summary>
    private bool HasFixedValues => Field is "type" or "producer" or "result" or "severity" or "signal";

    private string ValueOf(DataPlaneEnvelope envelope) => Field switch
    {
        "type" => EventLine.TypeOf(envelope),
        "experiment" => envelope.Payload.ExperimentName,
        "variant" => EventLine.VariantOf(envelope.Payload) ?? "",
        "subject" => EventLine.SubjectOf(envelope.Payload) ?? "",
        "tenant" => EventLine.TenantOf(envelope.Payload) ?? "",
        "producer" => ProducerId.Of(envelope.EventId),
        "reason" => envelope.Payload is ExposureEvent exposure ? exposure.SelectionReason : (envelope.Payload as AssignmentEvent)?.ChangeReason ?? "",
        "result" => (envelope.Payload as OutcomeEvent)?.Result.ToString() ?? "",
        "metric" => (envelope.Payload as MetricEvent)?.MetricName ?? "",
        "severity" => (envelope.Payload as AnalysisSignalEvent)?.Severity.ToString() ?? "",
        _ => (envelope.Payload as AnalysisSignalEvent)?.SignalType.ToString() ?? "",
    };
}
