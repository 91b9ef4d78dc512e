using System.Globalization;
using ExperimentFramework.DataPlane.Tests.Delivery;

namespace ExperimentFramework.DataPlane.Parquet.Tests;

/// <summary>That DuckDB, a reader that shares no code with the writer, finds what was written.</summary>
public sealed class DuckDbTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 23, 59, 59, 950, TimeSpan.Zero);

    private readonly TemporaryFolder _folder = new();
    private readonly DuckDb _duckDb = new();

    public void Dispose()
    {
        _duckDb.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Every_value_of_every_field_is_there()
    {
        var exposure = SampleEvents.Envelope(SampleEvents.Exposure with { Timestamp = Start.AddTicks(1_234_567) });
        var outcome = SampleEvents.Envelope(SampleEvents.Outcome);
        WrittenEvents.Write(_folder.Path, [exposure, outcome, SampleEvents.Envelope(SampleEvents.Metric), SampleEvents.Envelope(SampleEvents.Error)]);

        Assert.Equal(
            $"{exposure.EventId}|2026-03-02 00:00:00.073456|7|exp|control|b|b|u1|user|t1|fallback|rule|SubjectSticky|v1|true|0.25|0192f0d1-0000-7000-8000-000000000001|1.0.0|0af7651916cd43dd8448eb211c80319c|b7ad6b7169203331|{{key=value}}|null",
            _duckDb.Value($"""
                select event_id, ts, ts_100ns, experiment, variant, assigned_variant, arm, subject_id, subject_type, tenant_id, selection_reason, rule_path, assignment_policy, allocation_version,
                    is_repeat_exposure, sampling_rate, variant_build, schema_version, correlation_id, span_id, metadata, exact_values
                from '{File("exposures")}'
                """));
        Assert.Equal(
            "ü\"\u0001|true|7|2|null",
            _duckDb.Value($"select attributes['text'], attributes['flag'], attributes['count'], attributes['ratio'], attributes['none'] from '{File("exposures")}'"));
        Assert.Equal(
            "control|b|b|Call|QuoteAsync|Failure|0.0125|0.004|System.IO.IOException|1.5|0192f0d1-0000-7000-8000-000000000002",
            _duckDb.Value($"select variant, assigned_variant, arm, outcome_kind, outcome_name, result, duration_seconds, failed_attempt_seconds, error_type, value, exposure_event_id from '{File("outcomes")}'"));
        Assert.Equal("*|purchase|49.9|EUR|order-4711|{items=3, payment=card}", _duckDb.Value($"select experiment, metric_name, value, unit, idempotency_key, attributes from '{File("metrics")}'"));
        Assert.Equal("Kafka|down|System.IO.IOException|503", _duckDb.Value($"select source, message, error_type, data->>'status' from '{File("errors")}'"));
    }

    [Fact]
    public void Absent_values_are_null_and_an_empty_map_is_empty()
    {
        ExposureEvent Exposure(string variant, IReadOnlyDictionary<string, object?>? attributes) =>
            new() { ExperimentName = "exp", Timestamp = Start, VariantKey = variant, SelectionReason = "test", Attributes = attributes };
        WrittenEvents.Write(
            _folder.Path,
            new[]
            {
                Exposure("none", null),
                Exposure("empty", new Dictionary<string, object?>()),
                Exposure("null", new Dictionary<string, object?> { ["a"] = null, ["b"] = "", ["c"] = 1L }),
                Exposure("none", null),
            }.Select(payload => SampleEvents.Envelope(payload) with { CorrelationId = null, SpanId = null, Metadata = null }));

        Assert.Equal(
            ["none|true|null|null", "empty|false|0|{}", "null|false|3|{a=null, b=, c=1}", "none|true|null|null"],
            _duckDb.Query($"select variant, attributes is null, cardinality(attributes), attributes from '{File("exposures")}'"));
        Assert.Equal(
            "4",
            _duckDb.Value($"""
                select count(*) from '{File("exposures")}'
                where assigned_variant is null and subject_id is null and subject_type is null and tenant_id is null and rule_path is null and allocation_version is null and variant_build is null
                    and correlation_id is null and span_id is null and metadata is null and exact_values is null and arm = variant
                """));
    }

    [Fact]
    public void Filters_on_time_are_exact_to_the_microsecond()
    {
        WriteHundredThousand(experiments: 1);

        Assert.All([0, 1, 32_767, 32_768, 49_999, 50_000, 99_999], edge =>
        {
            var time = Start.AddMicroseconds(edge).UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
            Assert.Equal(
                [FormattableString.Invariant($"{100_000 - edge}|{edge}|1|0")],
                _duckDb.Query($"""
                    select (select count(*) from '{File("exposures")}' where ts >= '{time}'), (select count(*) from '{File("exposures")}' where ts < '{time}'),
                        (select count(*) from '{File("exposures")}' where ts = '{time}'), (select count(*) from '{File("exposures")}' where ts > '{time}' and ts < timestamptz '{time}' + interval 1 microsecond)
                    """));
        });
    }

    [Fact]
    public void Times_before_1970_and_at_the_ends_of_the_calendar_are_right()
    {
        var times = new[] { DateTimeOffset.MinValue, new DateTimeOffset(1969, 12, 31, 23, 59, 59, TimeSpan.Zero).AddTicks(9_999_999), DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue };
        WrittenEvents.Write(_folder.Path, times.Select(time => SampleEvents.Envelope(SampleEvents.Exposure with { Timestamp = time })));

        Assert.Equal(
            ["0001-01-01 00:00:00+00|0", "1969-12-31 23:59:59.999999+00|9", "1970-01-01 00:00:00+00|0", "9999-12-31 23:59:59.999999+00|9"],
            _duckDb.Query($"select ts::varchar, ts_100ns from '{File("exposures")}' order by ts"));
    }

    [Fact]
    public void A_query_for_one_experiment_reads_only_the_row_groups_that_have_it()
    {
        WriteHundredThousand(experiments: 4);

        // Sorted, the last of four experiments is in the last two of four groups.
        Assert.Equal([2, 3], RowGroupsReadBy($"select count(*), min(event_id) from '{File("exposures")}' where experiment = 'e3'", "25000"));
        Assert.Equal([0, 1, 2, 3], RowGroupsReadBy($"select count(*), min(event_id) from '{File("exposures")}'", "100000"));
    }

    [Fact]
    public void A_query_for_a_time_reads_only_the_row_groups_that_have_it()
    {
        WriteHundredThousand(experiments: 1);
        var end = Start.AddMicroseconds(30_000).UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

        Assert.Equal([0], RowGroupsReadBy($"select count(*), min(event_id) from '{File("exposures")}' where ts < '{end}'", "30000"));
    }

    [Fact]
    public void Counts_of_accounts_add_up_in_SQL()
    {
        var second = SampleEvents.Accounting with { SequenceNumber = 3, Published = [.. SampleEvents.Accounting.Published, new AccountedEvents { ExperimentName = "other", VariantKey = "c", EventType = "Outcome", Count = 5 }] };
        WrittenEvents.Write(_folder.Path, [SampleEvents.Envelope(SampleEvents.Accounting), SampleEvents.Envelope(second)]);

        Assert.Equal(
            ["account|2|0", "dropped|4|6", "exposing_calls|2|20", "no_subject|2|2", "published|3|13", "repeats_not_recorded|2|6", "sampled_out|2|4"],
            _duckDb.Query($"select kind, count(*), sum(count)::bigint from '{File("accounts")}' group by kind order by kind"));
    }

    [Fact]
    public void The_file_says_what_its_columns_mean_and_how_it_is_sorted()
    {
        WriteHundredThousand(experiments: 1);

        var metadata = _duckDb.Query($"select decode(key), decode(value) from parquet_kv_metadata('{File("exposures")}')");

        Assert.Contains("dataplane/table|exposures", metadata);
        Assert.Contains("dataplane/tables|1", metadata);
        Assert.Contains("dataplane/column/arm|The variant to count by: the assigned variant.", metadata);
        Assert.Equal("ZSTD", _duckDb.Value($"select distinct compression from parquet_metadata('{File("exposures")}')"));
        Assert.Equal("0", _duckDb.Value($"select count(*) from parquet_metadata('{File("exposures")}') where stats_min_value is null and stats_null_count < num_values"));
    }

    private string File(string table) => _folder.File(table + ".parquet");

    private void WriteHundredThousand(int experiments) => WrittenEvents.Write(_folder.Path, Enumerable.Range(0, 100_000).Select(number => SampleEvents.Envelope(
        SampleEvents.Exposure with { Timestamp = Start.AddMicroseconds(number), ExperimentName = FormattableString.Invariant($"e{number % experiments}") })));

    /// <summary>Runs a query and returns the row groups of whose bytes it has read some, by DuckDB's own log of reads.</summary>
    private IReadOnlyList<int> RowGroupsReadBy(string query, string count)
    {
        _duckDb.Query("set enable_external_file_cache = false");
        _duckDb.Query("call enable_logging('FileSystem')");
        Assert.StartsWith(count + "|", _duckDb.Value(query), StringComparison.Ordinal);
        var reads = _duckDb.Query("select distinct regexp_extract(message, '\"pos\":\"(\\d+)\"', 1)::bigint from duckdb_logs where message like '%\"READ\"%'").Select(position => long.Parse(position, CultureInfo.InvariantCulture)).ToList();
        _duckDb.Query("call disable_logging()");
        _duckDb.Query("call truncate_duckdb_logs()");
        var starts = _duckDb.Query($"select min(coalesce(dictionary_page_offset, data_page_offset)) from parquet_metadata('{File("exposures")}') group by row_group_id order by row_group_id")
            .Select(start => long.Parse(start, CultureInfo.InvariantCulture)).ToList();
        starts.Add(long.Parse(_duckDb.Value($"select max(data_page_offset) + 1 from parquet_metadata('{File("exposures")}')"), CultureInfo.InvariantCulture));
        return [.. Enumerable.Range(0, starts.Count - 1).Where(group => reads.Any(position => position >= starts[group] && position < starts[group + 1]))];
    }
}
