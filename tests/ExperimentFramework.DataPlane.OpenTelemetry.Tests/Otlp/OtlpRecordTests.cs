using ExperimentFramework.DataPlane.OpenTelemetry.Tests.Receiving;
using ExperimentFramework.DataPlane.Tests.Delivery;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.OpenTelemetry.Tests.Otlp;

/// <summary>What log records say, decoded by generated code.</summary>
public sealed class OtlpRecordTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 5, TimeSpan.Zero));
    private OtlpReceiver _receiver = null!;

    public async ValueTask InitializeAsync() => _receiver = await OtlpReceiver.StartAsync();

    public ValueTask DisposeAsync() => _receiver.DisposeAsync();

    [Fact]
    public async Task An_exposure_is_an_evaluation_by_the_semantic_conventions()
    {
        var envelope = SampleEvents.Envelope(SampleEvents.Exposure with { SelectionReason = SelectionReasons.HashAssignment });

        var record = await PublishedAsync(envelope, options => options.FlagSetId = "shop");

        Assert.Equal("feature_flag.evaluation", record.EventName);
        Assert.Equal(1_772_366_400_123_000_000UL, record.TimeUnixNano);
        Assert.Equal(1_772_366_405_000_000_000UL, record.ObservedTimeUnixNano);
        Assert.Equal((9, "INFO"), (record.SeverityNumber, record.SeverityText));
        Assert.Null(record.Body);
        Assert.Equal("0af7651916cd43dd8448eb211c80319c", Convert.ToHexStringLower(record.TraceId.ToByteArray()));
        Assert.Equal("b7ad6b7169203331", Convert.ToHexStringLower(record.SpanId.ToByteArray()));
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["experiment.event.id"] = $"StringValue {envelope.EventId}",
                ["experiment.event.type"] = "StringValue Exposure",
                ["experiment.event.schema_version"] = "StringValue 1.0.0",
                ["experiment.name"] = "StringValue exp",
                ["feature_flag.key"] = "StringValue exp",
                ["feature_flag.result.variant"] = "StringValue control",
                ["feature_flag.result.reason"] = "StringValue split",
                ["feature_flag.provider.name"] = "StringValue ExperimentFramework.DataPlane",
                ["feature_flag.context.id"] = "StringValue u1",
                ["feature_flag.set.id"] = "StringValue shop",
                ["feature_flag.version"] = "StringValue v1",
                ["experiment.arm"] = "StringValue b",
                ["experiment.variant.assigned"] = "StringValue b",
                ["experiment.variant.build"] = "StringValue 0192f0d1-0000-7000-8000-000000000001",
                ["experiment.subject.type"] = "StringValue user",
                ["experiment.tenant.id"] = "StringValue t1",
                ["experiment.selection.reason"] = "StringValue hash-assignment",
                ["experiment.selection.rule_path"] = "StringValue rule",
                ["experiment.assignment.policy"] = "StringValue SubjectSticky",
                ["experiment.exposure.is_repeat"] = "BoolValue True",
                ["experiment.sampling.rate"] = "DoubleValue 0.25",
                ["experiment.attributes.text"] = "StringValue ü\"\u0001",
                ["experiment.attributes.flag"] = "BoolValue True",
                ["experiment.attributes.count"] = "IntValue 7",
                ["experiment.attributes.ratio"] = "DoubleValue 2",
                ["experiment.metadata.key"] = "StringValue value",
            },
            record.Attributes.ToDictionary(attribute => attribute.Key, attribute => Text(attribute.Value)));
    }

    [Theory]
    [InlineData(SelectionReasons.HashAssignment, "split")]
    [InlineData(SelectionReasons.RuleMatch, "targeting_match")]
    [InlineData(SelectionReasons.Override, "targeting_match")]
    [InlineData(SelectionReasons.Sticky, "cached")]
    [InlineData(SelectionReasons.StoreUnavailable, "stale")]
    [InlineData(SelectionReasons.TrialSelection, "static")]
    [InlineData(SelectionReasons.NoSubject, "default")]
    [InlineData(SelectionReasons.Fallback, "error")]
    [InlineData(SelectionReasons.SelectorError, "error")]
    [InlineData(SelectionReasons.UnknownVariant, "error")]
    [InlineData(SelectionReasons.DecidedElsewhere, "unknown")]
    [InlineData("my-own", "unknown")]
    public async Task Reasons_are_those_of_the_conventions_and_an_error_has_a_type(string ours, string theirs)
    {
        var record = await PublishedAsync(SampleEvents.Envelope(SampleEvents.Exposure with { SelectionReason = ours }));

        Assert.Equal(theirs, Value(record, "feature_flag.result.reason"));
        Assert.Equal(ours, Value(record, "experiment.selection.reason"));
        Assert.Equal(theirs == "error" ? "general" : null, Value(record, "error.type"));
    }

    [Fact]
    public async Task Each_kind_of_event_has_a_name_and_a_severity()
    {
        var records = await PublishedAsync([.. SampleEvents.All.Select(SampleEvents.Envelope)]);

        Assert.Equal(
            [
                ("feature_flag.evaluation", 9), ("experiment.assignment", 9), ("experiment.outcome", 9), ("experiment.signal", 21), ("experiment.error", 17), ("experiment.metric", 9), ("experiment.account", 9),
            ],
            records.Select(record => (record.EventName, record.SeverityNumber)));
        Assert.Equal("broken", records[3].Body.StringValue);
        Assert.Equal("down", records[4].Body.StringValue);
    }

    [Theory]
    [InlineData("[redacted]", "b7ad6b7169203331")]
    [InlineData("0AF7651916CD43DD8448EB211C80319C", "[redacted]")]
    [InlineData("00000000000000000000000000000000", "b7ad6b7169203331")]
    public async Task Ids_that_are_not_those_of_a_trace_are_attributes(string correlation, string span)
    {
        var record = await PublishedAsync(SampleEvents.Envelope(SampleEvents.Exposure) with { CorrelationId = correlation, SpanId = span });

        Assert.Empty(record.TraceId);
        Assert.Empty(record.SpanId);
        Assert.Equal(correlation, Value(record, "experiment.trace.id"));
        Assert.Equal(span, Value(record, "experiment.trace.span_id"));
    }

    [Fact]
    public async Task Numbers_times_and_nested_values_have_the_types_of_OpenTelemetry()
    {
        var values = new Dictionary<string, object?>
        {
            ["money"] = 12.5m,
            ["since"] = new DateTimeOffset(2025, 1, 2, 3, 4, 5, TimeSpan.FromHours(1)),
            ["nan"] = double.NaN,
            ["prices"] = new[] { 1.5m, 2m },
            ["gaps"] = new long?[] { 1, null },
            ["none"] = null,
            ["nested"] = new Dictionary<string, object?> { ["price"] = 1.5m, ["none"] = null, ["deep"] = new Dictionary<string, object?> { ["n"] = 1L } },
        };

        var record = await PublishedAsync(SampleEvents.Envelope(SampleEvents.Metric with { Attributes = values }));

        Assert.Equal(
            [
                "gaps=[StringValue 1, None ]", "money=DoubleValue 12.5", "nan=DoubleValue NaN", "nested={deep={n=IntValue 1}, price=DoubleValue 1.5}", "prices=[DoubleValue 1.5, DoubleValue 2]",
                "since=StringValue 2025-01-02T03:04:05.0000000+01:00",
            ],
            record.Attributes.Where(attribute => attribute.Key.StartsWith("experiment.attributes.", StringComparison.Ordinal))
                .Select(attribute => $"{attribute.Key["experiment.attributes.".Length..]}={Text(attribute.Value)}").Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("ü")]
    [InlineData("\u20ac")]
    [InlineData("\ud83d\ude00")]
    public async Task Texts_of_every_length_arrive_whole(string character)
    {
        // Lengths below 128 take one byte, longer ones two.
        string[] texts = [.. Enumerable.Range(0, 150).Select(length => string.Concat(Enumerable.Repeat(character, length)))];

        var records = await PublishedAsync([.. texts.Select(text => SampleEvents.Envelope(SampleEvents.Exposure with { SubjectId = text, TenantId = text }))]);

        Assert.Equal(texts, records.Select(record => Value(record, "feature_flag.context.id")));
        Assert.Equal(texts, records.Select(record => Value(record, "experiment.tenant.id")));
    }

    [Fact]
    public async Task Half_a_surrogate_pair_is_a_replacement_character()
    {
        var record = await PublishedAsync(SampleEvents.Envelope(SampleEvents.Exposure with { SubjectId = "a\ud83d", TenantId = new string('\udc00', 60) }));

        Assert.Equal("a\ufffd", Value(record, "feature_flag.context.id"));
        Assert.Equal(new string('\ufffd', 60), Value(record, "experiment.tenant.id"));
    }

    [Fact]
    public async Task The_resource_and_the_scope_say_who_sends()
    {
        await PublishedAsync(SampleEvents.Envelope(SampleEvents.Exposure), options =>
        {
            options.ServiceName = "shop";
            options.ResourceAttributes["deployment.environment.name"] = "test";
        });

        var logs = _receiver.Accepted.Single().ResourceLogs.Single();
        Assert.Equal(["deployment.environment.name=test", "service.name=shop"], logs.Resource.Attributes.Select(attribute => $"{attribute.Key}={attribute.Value.StringValue}").Order(StringComparer.Ordinal));
        Assert.Equal("ExperimentFramework.DataPlane.Events", logs.ScopeLogs.Single().Scope.Name);
        Assert.NotEmpty(logs.ScopeLogs.Single().Scope.Version);
    }

    [Fact]
    public async Task Requests_are_compressed_and_have_the_headers_of_the_options()
    {
        await PublishedAsync(SampleEvents.Envelope(SampleEvents.Exposure), options =>
        {
            options.Compression = OtlpCompression.Gzip;
            options.Headers["Authorization"] = "Bearer x";
            options.Headers["X-Scope-OrgID"] = "shop";
        });

        var headers = _receiver.Asked.Single().Headers;
        Assert.Equal("gzip", headers.ContentEncoding);
        Assert.Equal("Bearer x", headers.Authorization);
        Assert.Equal("shop", headers["X-Scope-OrgID"]);
        Assert.StartsWith("OTel-OTLP-Exporter-", headers.UserAgent.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_collector_that_is_sent_compressed_requests_is_healthy()
    {
        using var backplane = Create(options => options.Compression = OtlpCompression.Gzip);

        var health = await backplane.HealthAsync(TestContext.Current.CancellationToken);

        Assert.True(health is { IsHealthy: true, IsDegraded: false }, health.Description);
    }

    [Theory]
    [InlineData(1969, DeliveryStatus.PermanentFailure)]
    [InlineData(1970, DeliveryStatus.Delivered)]
    [InlineData(2554, DeliveryStatus.Delivered)]
    [InlineData(2555, DeliveryStatus.PermanentFailure)]
    public async Task A_time_for_which_OTLP_has_no_number_is_rejected(int year, DeliveryStatus status)
    {
        using var backplane = Create();
        var envelope = SampleEvents.Envelope(SampleEvents.Exposure) with { Timestamp = new DateTimeOffset(year, 1, 1, 0, 0, 0, TimeSpan.Zero) };

        var result = await backplane.PublishAsync([envelope, SampleEvents.Envelope(SampleEvents.Metric)], TestContext.Current.CancellationToken);

        Assert.Equal([status, DeliveryStatus.Delivered], result.Statuses(2));
    }

    [Fact]
    public async Task A_batch_that_is_larger_than_collectors_take_is_several_requests()
    {
        using var backplane = Create();
        var text = new string('x', 6_000_000);
        DataPlaneEnvelope[] events = [.. Enumerable.Range(0, 7).Select(_ => SampleEvents.Envelope(SampleEvents.Error with { Message = text }))];

        var result = await backplane.PublishAsync(events, TestContext.Current.CancellationToken);

        Assert.Null(result.Error);
        Assert.Equal([3, 3, 1], _receiver.Asked.Select(request => request.Records));
        Assert.Equal(events.Select(envelope => envelope.EventId), _receiver.Records.Select(record => ReceivedEvents.Read(record).EventId));
    }

    private OtlpDataBackplane Create(Action<OtlpDataBackplaneOptions>? configure = null)
    {
        var options = new OtlpDataBackplaneOptions { Endpoint = _receiver.Endpoint };
        configure?.Invoke(options);
        return new OtlpDataBackplane(OtlpSettings.Of(options, new OtlpEnvironment(_ => null)), _time, NullLogger.Instance);
    }

    private async Task<LogRecord> PublishedAsync(DataPlaneEnvelope envelope, Action<OtlpDataBackplaneOptions>? configure = null) => (await PublishedAsync([envelope], configure)).Single();

    private async Task<IReadOnlyList<LogRecord>> PublishedAsync(DataPlaneEnvelope[] envelopes, Action<OtlpDataBackplaneOptions>? configure = null)
    {
        using var backplane = Create(configure);
        var result = await backplane.PublishAsync(envelopes, TestContext.Current.CancellationToken);
        Assert.True(result.Error is null, result.Error?.ToString());
        return _receiver.Records;
    }

    private static string? Value(LogRecord record, string name) => record.Attributes.SingleOrDefault(attribute => attribute.Key == name)?.Value.StringValue;

    private static string Text(AnyValue value) => value.ValueCase switch
    {
        AnyValue.ValueOneofCase.ArrayValue => $"[{string.Join(", ", value.ArrayValue.Values.Select(Text))}]",
        AnyValue.ValueOneofCase.KvlistValue => $"{{{string.Join(", ", value.KvlistValue.Values.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => $"{entry.Key}={Text(entry.Value)}"))}}}",
        var type => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{type} {(type switch
        {
            AnyValue.ValueOneofCase.StringValue => (object)value.StringValue,
            AnyValue.ValueOneofCase.BoolValue => value.BoolValue,
            AnyValue.ValueOneofCase.IntValue => value.IntValue,
            AnyValue.ValueOneofCase.DoubleValue => value.DoubleValue,
            _ => null,
        })}"),
    };
}
