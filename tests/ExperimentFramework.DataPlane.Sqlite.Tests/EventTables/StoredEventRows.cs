using System.Globalization;
using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace ExperimentFramework.DataPlane.Sqlite.Tests.EventTables;

/// <summary>Reads the rows of an event file, through the data provider and not through the code that wrote them, and makes envelopes of them by the names of their columns.</summary>
internal static class StoredEventRows
{
    private static readonly Dictionary<string, string> EventTypes = new(StringComparer.Ordinal)
    {
        ["exposures"] = "Exposure",
        ["assignments"] = "Assignment",
        ["outcomes"] = "Outcome",
        ["metrics"] = "Metric",
        ["analysis_signals"] = "AnalysisSignal",
        ["errors"] = "Error",
        ["accounts"] = "Accounting",
        ["other_events"] = "",
    };

    private static readonly Dictionary<string, string> JsonNames = new(StringComparer.Ordinal)
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

    /// <summary>All events, in the order of their ids.</summary>
    public static IReadOnlyList<DataPlaneEnvelope> Read(string path)
    {
        using var connection = Open(path);
        return [.. EventTypes.SelectMany(type => ReadTable(connection, type.Key, type.Value)).OrderBy(envelope => envelope.EventId.ToString(), StringComparer.Ordinal)];
    }

    /// <summary>Runs a query and returns its rows.</summary>
    public static List<object?[]> Query(string path, string sql)
    {
        using var connection = Open(path);
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The tests' own text.
        command.CommandText = sql;
#pragma warning restore CA2100
        using var reader = command.ExecuteReader();
        var rows = new List<object?[]>();
        while (reader.Read())
        {
            var row = new object[reader.FieldCount];
            reader.GetValues(row);
            rows.Add([.. row.Select(value => value is DBNull ? null : value)]);
        }

        return rows;
    }

    /// <summary>Runs a query for one number.</summary>
    public static long Count(string path, string sql) => Convert.ToInt64(Query(path, sql)[0][0], CultureInfo.InvariantCulture);

    private static SqliteConnection Open(string path)
    {
        var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        return connection;
    }

    private static IEnumerable<DataPlaneEnvelope> ReadTable(SqliteConnection connection, string table, string eventType)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The tables' own names.
        command.CommandText = $"SELECT * FROM {table} ORDER BY event_id{(table == "accounts" ? ", line" : "")};";
#pragma warning restore CA2100
        using var reader = command.ExecuteReader();
        var rows = new List<Dictionary<string, object>>();
        while (reader.Read())
        {
            rows.Add(Enumerable.Range(0, reader.FieldCount).Where(column => !reader.IsDBNull(column)).ToDictionary(reader.GetName, reader.GetValue, StringComparer.Ordinal));
        }

        return rows.GroupBy(row => (string)row["event_id"]).Select(lines => Envelope(eventType, [.. lines]));
    }

    private static DataPlaneEnvelope Envelope(string eventType, List<Dictionary<string, object>> lines)
    {
        var row = lines[0];
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("eventId", (string)row["event_id"]);
            json.WriteString("timestamp", Time(row["ts"]));
            json.WriteString("eventType", eventType.Length > 0 ? eventType : (string)row["event_type"]);
            foreach (var name in (string[])["schema_version", "correlation_id", "span_id", "metadata"])
            {
                Write(json, row, name);
            }

            json.WritePropertyName("payload");
            if (eventType.Length == 0)
            {
                json.WriteRawValue((string)row["payload"]);
            }
            else
            {
                json.WriteStartObject();
                json.WriteString("eventType", eventType);
                foreach (var name in row.Keys.Except(["event_id", "time", "correlation_id", "span_id", "metadata", "arm", "line", "kind", "event_type", "reason", "original_producer_id", "count"]))
                {
                    Write(json, row, name);
                }

                if (eventType == "Accounting")
                {
                    WriteCounts(json, lines);
                }

                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        return DataPlaneJson.Deserialize(stream.ToArray());
    }

    private static void Write(Utf8JsonWriter json, Dictionary<string, object> row, string column)
    {
        if (!row.TryGetValue(column, out var value))
        {
            return;
        }

        json.WritePropertyName(JsonNames.GetValueOrDefault(column) ?? JsonNamingPolicy.CamelCase.ConvertName(string.Concat(column.Split('_').Select(word => char.ToUpperInvariant(word[0]) + word[1..]))));
        switch (value)
        {
            case long when column is "ts" or "interval_start" or "interval_end":
                json.WriteStringValue(Time(value));
                break;
            case long flag when column.StartsWith("is_", StringComparison.Ordinal):
                json.WriteBooleanValue(flag == 1);
                break;
            case long number:
                json.WriteNumberValue(number);
                break;
            case double number:
                json.WriteNumberValue(number);
                break;
            case string text when column is "metadata" or "attributes" or "attribute_types" or "data" or "data_types":
                json.WriteRawValue(text);
                break;
            default:
                json.WriteStringValue((string)value);
                break;
        }
    }

    private static void WriteCounts(Utf8JsonWriter json, List<Dictionary<string, object>> lines)
    {
        json.WriteStartArray("calls");
        foreach (var calls in lines.Where(line => line["kind"] is "exposing_calls" or "repeats_not_recorded" or "sampled_out" or "no_subject").GroupBy(line => (line["experiment"], line["arm"])))
        {
            json.WriteStartObject();
            json.WriteString("experimentName", (string)calls.Key.Item1);
            json.WriteString("variantKey", (string)calls.Key.Item2);
            foreach (var count in calls)
            {
                json.WriteNumber(
                    (string)count["kind"] switch { "exposing_calls" => "exposingCalls", "repeats_not_recorded" => "repeatsNotRecorded", "sampled_out" => "sampledOut", _ => "noSubject" },
                    (long)count["count"]);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        foreach (var (kind, name) in new[] { ("published", "published"), ("dropped", "drops") })
        {
            json.WriteStartArray(name);
            foreach (var line in lines.Where(line => (string)line["kind"] == kind))
            {
                json.WriteStartObject();
                json.WriteString("variantKey", (string)line["arm"]);
                foreach (var column in (string[])["experiment", "event_type", "reason", "original_producer_id", "count"])
                {
                    Write(json, line, column);
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
        }
    }

    private static string Time(object microseconds) => DateTimeOffset.UnixEpoch.AddMicroseconds((long)microseconds).UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
}
