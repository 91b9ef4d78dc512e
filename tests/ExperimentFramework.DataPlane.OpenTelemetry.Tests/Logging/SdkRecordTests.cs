using System.Diagnostics;
using ExperimentFramework.DataPlane.OpenTelemetry.Tests.Receiving;
using ExperimentFramework.DataPlane.Tests.Delivery;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane.OpenTelemetry.Tests.Logging;

/// <summary>Both doors send the same: what the SDK's exporter makes of log entries is compared with what the OTLP destination writes.</summary>
public sealed class SdkRecordTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_exporter_of_the_SDK_sends_the_records_that_the_OTLP_destination_sends(bool isGrpc)
    {
        await using var receiver = await OtlpReceiver.StartAsync(isGrpc);
        await using var direct = await OtlpReceiver.StartAsync();
        DataPlaneEnvelope[] events = [.. SampleEvents.All.Select(SampleEvents.Envelope)];
        using (var loggers = SdkLogging.Create(receiver, isGrpc))
        {
            await PublishAsync(new OpenTelemetryDataBackplane(loggers), events);
        }

        await PublishAsync(new OtlpDataBackplane(new OtlpDataBackplaneOptions { Endpoint = direct.Endpoint }), events);

        Assert.Equal(events.Length, receiver.Records.Count);
        foreach (var (sdk, own) in receiver.Records.Zip(direct.Records))
        {
            Assert.Equal(own.EventName, sdk.EventName);
            Assert.Equal(own.TimeUnixNano, sdk.TimeUnixNano);
            Assert.Equal(own.SeverityNumber, sdk.SeverityNumber);
            Assert.Equal(own.TraceId, sdk.TraceId);
            Assert.Equal(own.SpanId, sdk.SpanId);
            Assert.Equal(own.Body?.StringValue ?? own.EventName, sdk.Body.StringValue);
            Assert.Equal(own.Attributes.OrderBy(attribute => attribute.Key, StringComparer.Ordinal), sdk.Attributes.OrderBy(attribute => attribute.Key, StringComparer.Ordinal));
        }
    }

    [Fact]
    public async Task The_processor_can_be_added_to_the_builder_of_the_provider()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        var sent = SampleEvents.Envelope(SampleEvents.Exposure);
        using (var loggers = SdkLogging.CreateWithProvider(receiver))
        {
            await PublishAsync(new OpenTelemetryDataBackplane(loggers), [sent]);
        }

        var record = receiver.Records.Single();
        Assert.Equal((ulong)(sent.Timestamp - DateTimeOffset.UnixEpoch).Ticks * 100, record.TimeUnixNano);
        Assert.NotEmpty(record.TraceId);
    }

    [Fact]
    public async Task Without_the_processor_a_record_has_the_time_of_the_log_call_and_no_trace()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        using (var loggers = SdkLogging.Create(receiver, hasProcessor: false))
        {
            await PublishAsync(new OpenTelemetryDataBackplane(loggers), [SampleEvents.Envelope(SampleEvents.Exposure)]);
        }

        var record = receiver.Records.Single();
        Assert.True(record.TimeUnixNano > 1_772_366_400_123_000_000UL);
        Assert.Empty(record.TraceId);
    }

    [Fact]
    public async Task Entries_that_wait_in_the_queue_of_the_SDK_keep_their_own_attributes()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        DataPlaneEnvelope[] events = [.. SampleEvents.All.Select(SampleEvents.Envelope)];
        using (var loggers = SdkLogging.Create(receiver, isBatched: true))
        {
            await PublishAsync(new OpenTelemetryDataBackplane(loggers), events);
        }

        Assert.Equal(events.Select(envelope => envelope.EventId), receiver.Records.Select(record => ReceivedEvents.Read(record).EventId));
    }

    [Fact]
    public async Task The_processor_leaves_other_records_alone()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        using var activity = new Activity("request").SetIdFormat(ActivityIdFormat.W3C).Start();
        using (var loggers = SdkLogging.Create(receiver))
        {
            loggers.CreateLogger("Shop").Log(LogLevel.Information, "hello");
        }

        Assert.Equal(activity.TraceId.ToHexString(), Convert.ToHexStringLower(receiver.Records.Single().TraceId.ToByteArray()));
    }

    [Fact]
    public async Task A_logger_that_logs_nothing_is_unhealthy()
    {
        using var silent = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Warning));
        using var backplane = new OpenTelemetryDataBackplane(silent);

        var health = await backplane.HealthAsync(TestContext.Current.CancellationToken);

        Assert.False(health.IsHealthy);
        Assert.Contains("ExperimentFramework.DataPlane.Events", health.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Registering_it_twice_adds_one_destination()
    {
        await using var services = new ServiceCollection()
            .AddOpenTelemetryDataBackplane(options => options.FlagSetId = "shop")
            .AddOpenTelemetryDataBackplane()
            .BuildServiceProvider();

        Assert.IsType<OpenTelemetryDataBackplane>(Assert.Single(services.GetServices<IDataBackplane>()));
    }

    private static async Task PublishAsync(IDataBackplane backplane, DataPlaneEnvelope[] events)
    {
        var result = await backplane.PublishAsync(events, TestContext.Current.CancellationToken);
        Assert.True(result.Error is null, result.Error?.ToString());
        (backplane as IDisposable)?.Dispose();
    }
}
