using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Npgsql;

namespace ExperimentFramework.DataPlane.PostgreSql.Tests.Events;

/// <summary>Reads events back from the tables, from their columns alone, as docs/reference/columns.md names them.</summary>
internal static class StoredEvents
{
    private static readonly Dictionary<string, string> Renamed = new()
    {
        ["ts"] = "timestamp",
        ["experiment"] = "experimentName",
        ["variant"] = "variantKey",
        ["assigned_variant"] = "assignedVariantKey",
        ["previous_variant"] = "previousVariantKey",
        ["new_variant"] = "newVariantKey",
        ["duration_seconds"] = "duration",
        ["failed_attempt_seconds"] = "failedAttemptDuration",
    };

    private static readonly string[] OfEnvelope = ["event_id", "correlation_id", "span_id", "metadata"];

    private static readonly (string Table, string EventType)[] Tables =
    [
        ("exposures", "Exposure"), ("assignments", "Assignment"), ("outcomes", "Outcome"), ("metrics", "Metric"), ("analysis_signals", "AnalysisSignal"), ("errors", "Error"),
    ];

    public static async Task<IReadOnlyList<DataPlaneEnvelope>> ReadAsync(NpgsqlDataSource source, string schema = "dataplane")
    {
        var events = new List<DataPlaneEnvelope>();
        foreach (var (table, eventType) in Tables)
        {
            events.AddRange((await RowsAsync(source, $"{schema}.{table}")).Select(row => Envelope(row, eventType, Payload(row, eventType))));
        }

        events.AddRange((await RowsAsync(source, $"{schema}.other_events")).Select(row => Envelope(row, (string)row["event_type"]!, (JsonObject)row["payload"]!.DeepClone())));
        events.AddRange((await RowsAsync(source, $"{schema}.accounts"))
            .GroupBy(row => (string)row["event_id"]!)
            .Select(account => account.OrderBy(row => (long)row["line"]!).ToList())
            .Select(account => Envelope(account[0], "Accounting", Account(account))));
        return events;
    }

    private static async Task<List<JsonObject>> RowsAsync(NpgsqlDataSource source, string table)
    {
        await using var command = source.CreateCommand($"SELECT to_jsonb(r) FROM {table} r");
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<JsonObject>();
        while (await reader.ReadAsync())
        {
            rows.Add((JsonObject)JsonNode.Parse(reader.GetString(0))!);
        }

        return rows;
    }

    private static DataPlaneEnvelope Envelope(JsonObject row, string eventType, JsonObject payload)
    {
        var json = new JsonObject
        {
            ["eventId"] = Copy(row["event_id"]),
            ["timestamp"] = Time(row["ts"]),
            ["eventType"] = eventType,
            ["schemaVersion"] = Copy(row["schema_version"]),
            ["correlationId"] = Copy(row["correlation_id"]),
            ["spanId"] = Copy(row["span_id"]),
            ["metadata"] = Copy(row["metadata"]),
            ["payload"] = payload,
        };
        return DataPlaneJson.Deserialize(json.ToJsonString());
    }

    private static JsonObject Payload(JsonObject row, string eventType)
    {
        var payload = new JsonObject { ["eventType"] = eventType };
        foreach (var (column, value) in row)
        {
            if (column == "arm")
            {
                Assert.Equal((string)(row["assigned_variant"] ?? row["variant"])!, (string)value!);
            }
            else if (!OfEnvelope.Contains(column) && value is not null)
            {
                payload[NameOf(column)] = column == "ts" ? Time(value) : Copy(value);
            }
        }

        return payload;
    }

    private static JsonObject Account(List<JsonObject> rows)
    {
        var first = rows[0];
        Assert.Equal(("account", "*", 0L), ((string)first["kind"]!, (string)first["experiment"]!, (long)first["count"]!));
        JsonArray Of(string kind, Func<JsonObject, JsonObject> row) => [.. rows.Where(line => (string)line["kind"]! == kind).Select(row)];
        JsonObject Key(JsonObject line) => new() { ["experimentName"] = Copy(line["experiment"]), ["variantKey"] = Copy(line["arm"]) };
        JsonObject Counted(JsonObject line, params (string Name, string Column)[] fields)
        {
            var key = Key(line);
            foreach (var (name, column) in fields.Where(field => line[field.Column] is not null))
            {
                key[name] = Copy(line[column]);
            }

            return key;
        }

        return new JsonObject
        {
            ["eventType"] = "Accounting",
            ["schemaVersion"] = Copy(first["schema_version"]),
            ["experimentName"] = Copy(first["experiment"]),
            ["timestamp"] = Time(first["ts"]),
            ["producerId"] = Copy(first["producer_id"]),
            ["destination"] = Copy(first["destination"]),
            ["sequenceNumber"] = Copy(first["sequence_number"]),
            ["partNumber"] = Copy(first["part_number"]),
            ["partCount"] = Copy(first["part_count"]),
            ["intervalStart"] = Time(first["interval_start"]),
            ["intervalEnd"] = Time(first["interval_end"]),
            ["isLast"] = Copy(first["is_last"]),
            ["calls"] = Of("exposing_calls", line =>
            {
                var calls = Counted(line, ("exposingCalls", "count"));
                foreach (var (kind, name) in new[] { ("repeats_not_recorded", "repeatsNotRecorded"), ("sampled_out", "sampledOut"), ("no_subject", "noSubject") })
                {
                    calls[name] = Copy(rows.Single(other => (string)other["kind"]! == kind && JsonNode.DeepEquals(Key(other), Key(line)))["count"]);
                }

                return calls;
            }),
            ["published"] = Of("published", line => Counted(line, ("eventType", "event_type"), ("count", "count"))),
            ["drops"] = Of("dropped", line => Counted(
                line, ("eventType", "event_type"), ("reason", "reason"), ("count", "count"), ("originalProducerId", "original_producer_id"))),
        };
    }

    private static string NameOf(string column) => Renamed.TryGetValue(column, out var name) ? name : JsonNamingPolicy.CamelCase.ConvertName(
        string.Concat(column.Split('_').Select(word => char.ToUpperInvariant(word[0]) + word[1..])));

    private static string Time(JsonNode? value) =>
        DateTimeOffset.Parse((string)value!, CultureInfo.InvariantCulture).UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    private static JsonNode? Copy(JsonNode? value) => value?.DeepClone();
}
