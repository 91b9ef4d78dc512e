using System.Buffers;
using System.Text;
using System.Text.Json;
using SQLitePCL;

namespace ExperimentFramework.DataPlane.Benchmarks.Destinations;

/// <summary>The least that stores exposures in the same table: one prepared statement, one transaction for a batch, no question about what may go wrong.</summary>
internal sealed class BareSqliteLoop : IDisposable
{
    private readonly ArrayBufferWriter<byte> _attributes = new();
    private readonly Utf8JsonWriter _json;
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _insert;

    public BareSqliteLoop(string path)
    {
        _json = new Utf8JsonWriter(_attributes, new JsonWriterOptions { SkipValidation = true });
        raw.sqlite3_open(path, out _database);
        Execute("PRAGMA synchronous = NORMAL;");
        Execute("PRAGMA secure_delete = ON;");
        raw.sqlite3_prepare_v2(
            _database,
            """
            INSERT INTO exposures (event_id, ts, experiment, schema_version, correlation_id, metadata, variant, assigned_variant, arm, subject_id, subject_type, tenant_id,
                selection_reason, rule_path, assignment_policy, allocation_version, is_repeat_exposure, sampling_rate, variant_build, attributes, attribute_types, span_id)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22) ON CONFLICT (event_id) DO NOTHING;
            """,
            out _insert);
    }

    public void Insert(IReadOnlyList<DataPlaneEnvelope> batch)
    {
        Span<byte> text = stackalloc byte[256];
        Execute("BEGIN IMMEDIATE;");
        foreach (var envelope in batch)
        {
            var exposure = (ExposureEvent)envelope.Payload;
            envelope.EventId.TryFormat(text, out var length);
            raw.sqlite3_bind_text(_insert, 1, text[..length]);
            raw.sqlite3_bind_int64(_insert, 2, (envelope.Timestamp.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / 10);
            Bind(3, exposure.ExperimentName, text);
            Bind(4, envelope.SchemaVersion, text);
            Bind(5, envelope.CorrelationId, text);
            Bind(22, envelope.SpanId, text);
            raw.sqlite3_bind_null(_insert, 6);
            Bind(7, exposure.VariantKey, text);
            Bind(8, exposure.AssignedVariantKey, text);
            Bind(9, exposure.AssignedVariantKey ?? exposure.VariantKey, text);
            Bind(10, exposure.SubjectId, text);
            Bind(11, exposure.SubjectType, text);
            Bind(12, exposure.TenantId, text);
            Bind(13, exposure.SelectionReason, text);
            Bind(14, exposure.RulePath, text);
            Bind(15, nameof(AssignmentPolicy.BestEffort), text);
            Bind(16, exposure.AllocationVersion, text);
            raw.sqlite3_bind_int64(_insert, 17, exposure.IsRepeatExposure ? 1 : 0);
            raw.sqlite3_bind_double(_insert, 18, exposure.SamplingRate);
            exposure.VariantBuild!.Value.TryFormat(text, out length);
            raw.sqlite3_bind_text(_insert, 19, text[..length]);
            raw.sqlite3_bind_text(_insert, 20, Attributes(exposure));
            raw.sqlite3_bind_null(_insert, 21);
            raw.sqlite3_step(_insert);
            raw.sqlite3_reset(_insert);
        }

        Execute("COMMIT;");
    }

    public void Dispose()
    {
        _json.Dispose();
        _insert.Dispose();
        _database.Dispose();
    }

    private ReadOnlySpan<byte> Attributes(ExposureEvent exposure)
    {
        _attributes.ResetWrittenCount();
        _json.Reset();
        _json.WriteStartObject();
        foreach (var (name, value) in (Dictionary<string, object?>)exposure.Attributes!)
        {
            if (value is long number)
            {
                _json.WriteNumber(name, number);
            }
            else
            {
                _json.WriteString(name, (string?)value);
            }
        }

        _json.WriteEndObject();
        _json.Flush();
        return _attributes.WrittenSpan;
    }

    private void Bind(int index, string? value, Span<byte> text)
    {
        if (value is null)
        {
            raw.sqlite3_bind_null(_insert, index);
        }
        else
        {
            raw.sqlite3_bind_text(_insert, index, text[..Encoding.UTF8.GetBytes(value, text)]);
        }
    }

    private void Execute(string sql) => raw.sqlite3_exec(_database, sql);
}
