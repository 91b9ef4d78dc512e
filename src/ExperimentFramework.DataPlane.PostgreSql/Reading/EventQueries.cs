using System.Text;
using System.Text.Json;

namespace ExperimentFramework.DataPlane.PostgreSql;

/// <summary>The queries that return the rows of a table as the JSON of their events, the earliest first.</summary>
internal static class EventQueries
{
    /// <summary>The fields of events whose names differ from their column in camel case.</summary>
    private static readonly Dictionary<string, string> Renamed = new(StringComparer.Ordinal)
    {
        ["variant"] = "variantKey",
        ["assigned_variant"] = "assignedVariantKey",
        ["previous_variant"] = "previousVariantKey",
        ["new_variant"] = "newVariantKey",
        ["duration_seconds"] = "duration",
        ["failed_attempt_seconds"] = "failedAttemptDuration",
    };

    private const string InOrder = "ORDER BY ts, event_id";

    /// <summary>
    /// An account has a row for each count. Four of them, which follow each other, are the calls of one experiment and variant.
    /// </summary>
    private static readonly string Accounts = $"""
        SELECT {Envelope("'Accounting'", """
            json_build_object(
                'schemaVersion', schema_version, 'experimentName', min(experiment) FILTER (WHERE kind = 'account'), 'timestamp', ts,
                'producerId', producer_id, 'destination', destination, 'sequenceNumber', sequence_number, 'partNumber', part_number, 'partCount', part_count,
                'intervalStart', interval_start, 'intervalEnd', interval_end, 'isLast', is_last,
                'calls', coalesce(json_agg(json_build_object('experimentName', experiment, 'variantKey', arm,
                    'exposingCalls', count, 'repeatsNotRecorded', second_count, 'sampledOut', third_count, 'noSubject', fourth_count) ORDER BY line) FILTER (WHERE kind = 'exposing_calls'), '[]'),
                'published', coalesce(json_agg(json_build_object('experimentName', experiment, 'variantKey', arm,
                    'eventType', event_type, 'count', count) ORDER BY line) FILTER (WHERE kind = 'published'), '[]'),
                'drops', coalesce(json_agg(json_build_object('experimentName', experiment, 'variantKey', arm,
                    'eventType', event_type, 'reason', reason, 'count', count, 'originalProducerId', original_producer_id) ORDER BY line) FILTER (WHERE kind = 'dropped'), '[]'))
            """)}
        FROM (
            SELECT *, lead(count, 1) OVER lines AS second_count, lead(count, 2) OVER lines AS third_count, lead(count, 3) OVER lines AS fourth_count
            FROM {"{schema}"}.accounts
            WINDOW lines AS (PARTITION BY event_id ORDER BY line)) AS counts
        GROUP BY event_id, ts, schema_version, correlation_id, span_id, metadata, producer_id, destination, sequence_number, part_number, part_count, interval_start, interval_end, is_last
        {InOrder}
        """;

    /// <summary>Returns the query of a table.</summary>
    /// <param name="table">The table.</param>
    /// <param name="schema">The schema's name.</param>
    public static string Of(EventTable table, string schema) => SchemaName.Apply(
        table switch
        {
            AccountTable => Accounts,
            OtherEventTable => $"SELECT {Envelope("event_type", "payload")} FROM {{schema}}.{table.Name} {InOrder}",
            _ => $"SELECT {Envelope($"'{EventTypeOf(table)}'", Payload(table))} FROM {{schema}}.{table.Name} {InOrder}",
        },
        schema);

    private static DataPlaneEventType EventTypeOf(EventTable table) => table switch
    {
        ExposureTable => DataPlaneEventType.Exposure,
        OutcomeTable => DataPlaneEventType.Outcome,
        MetricTable => DataPlaneEventType.Metric,
        AssignmentTable => DataPlaneEventType.Assignment,
        SignalTable => DataPlaneEventType.AnalysisSignal,
        ErrorTable => DataPlaneEventType.Error,
        _ => throw new NotSupportedException($"The rows of {table.Name} are not read as events of one type."),
    };

    private static string Envelope(string eventType, string payload) =>
        $"json_build_object('eventId', event_id, 'timestamp', ts, 'eventType', {eventType}, 'schemaVersion', schema_version, 'correlationId', correlation_id, 'spanId', span_id, 'metadata', metadata, 'payload', {payload})::text";

    private static string Payload(EventTable table)
    {
        var payload = new StringBuilder("json_build_object('schemaVersion', schema_version, 'experimentName', experiment, 'timestamp', ts");

        // The variant to count by is derived from two other columns.
        foreach (var column in table.OwnColumns.Where(static column => column != "arm"))
        {
            payload.Append($", '{FieldOf(column)}', {column}");
        }

        return payload.Append(')').ToString();
    }

    private static string FieldOf(string column) => Renamed.TryGetValue(column, out var field) ? field
        : JsonNamingPolicy.CamelCase.ConvertName(string.Concat(column.Split('_').Select(static word => char.ToUpperInvariant(word[0]) + word[1..])));
}
